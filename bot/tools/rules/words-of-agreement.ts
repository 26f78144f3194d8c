import type { SpokenLanguage } from '../../../contract/models';

/** How callers agree and refuse, in a language of the models. Lower case, without accents. */
interface Words {
  readonly yes: readonly string[];
  readonly no: readonly string[];
  /** Said beside a yes, and changing nothing about it. */
  readonly besides: readonly string[];
}

/** By language, without its region. What is in no list makes an answer unclear, and it is asked for again. */
export const WORDS_OF_AGREEMENT: Readonly<Record<SpokenLanguage, Words>> = {
  en: {
    yes: words`yes yeah yep yup correct right exactly sure ok okay absolutely certainly definitely perfect fine agreed
      confirm confirmed affirmative alright great good indeed`,
    no: words`no nope not don dont don't isn isn't wrong incorrect wait stop cancel never but instead actually change hold
      except nevermind neither nor cannot can't wouldn't won't`,
    besides: words`please thank thanks you um uh er oh ah well that that's thats is it it's its i do we so go ahead do
      the all sounds looks of course very much just a then and now let's lets`,
  },
  de: {
    yes: words`ja jawohl jo jep genau richtig korrekt stimmt ok okay gern gerne naturlich sicher passt einverstanden
      bestatige klar absolut perfekt prima gut`,
    no: words`nein ne nee nicht kein keine keinen falsch halt stopp stop abbrechen aber doch sondern warte warten moment anders`,
    besides: words`bitte danke das ist so es ich ahm ah oh na dann machen sie wir mal tun und alles sehr`,
  },
  fr: {
    yes: words`oui ouais exact exactement correct parfait accord daccord d'accord bien entendu ok okay certainement absolument volontiers confirme`,
    no: words`non pas ne faux attendez attends stop arretez annulez annuler mais plutot jamais aucun aucune incorrect`,
    besides: words`s'il sil vous plait merci c'est cest ca est tout a fait bon alors je d' le la les euh ah oh sur allez y et tres`,
  },
  es: {
    yes: words`si claro correcto exacto exactamente perfecto vale bueno bien ok okay supuesto acuerdo adelante confirmo confirmado cierto`,
    no: words`no nunca falso incorrecto espere espera pare para cancele cancelar pero mejor tampoco ningun ninguna cambie`,
    besides: words`por favor gracias eso es de esta lo asi todo muy eh ah oh pues entonces hagalo y el la senor senora`,
  },
  it: {
    yes: words`si certo corretto esatto esattamente perfetto ok okay bene giusto confermo confermato certamente naturalmente volentieri accordo`,
    no: words`no non mai sbagliato aspetti aspetta fermo annulli annulla ma invece piuttosto nessuno nessuna errato`,
    besides: words`per favore grazie e cosi va tutto d' molto eh ah oh allora quindi lo faccia pure prego il la proceda di`,
  },
  pt: {
    yes: words`sim claro correto exato exatamente perfeito certo ok okay bom bem isso confirmo confirmado concordo certamente positivo`,
    no: words`nao nunca errado espere espera pare cancele cancelar mas melhor nenhum nenhuma incorreto nem`,
    besides: words`por favor obrigado obrigada e esta tudo muito ah oh eh entao pode ser com certeza de acordo o a mesmo fazer faca`,
  },
  hi: {
    yes: words`हाँ हां हा जी सही ठीक बिल्कुल बिलकुल जरूर ज़रूर अवश्य yes ok okay ओके haan ji sahi theek bilkul`,
    no: words`नहीं नही ना मत गलत ग़लत रुको रुकिए रुकें लेकिन पर बजाय रद्द no not nahi nahin galat ruko lekin`,
    besides: words`है हैं कृपया धन्यवाद शुक्रिया यह वह तो अच्छा कर दीजिए करें hai kripya dhanyavaad please`,
  },
};

function words(list: TemplateStringsArray): readonly string[] {
  return (list[0] ?? '').split(/\s+/).filter((word) => word !== '');
}
