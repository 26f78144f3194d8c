/** Words that say nothing of what is looked for, in lower case and without accents: they make every search slow and no answer better. */
export const STOP_WORDS: Readonly<Record<string, ReadonlySet<string>>> = {
  en: words`a about after all also am an and any are as at be been before being but by can could d did do does doing don each for from
    get give had has have having he her here him his how i if in into is it its just know ll m many may me more most much my no nor
    not of off on once only or other our out over own please re s same she should so some such t tell than that the their them
    then there these they this those through to too under until up us ve very want was we were what when where which while
    who whom why will with would you your`,
  de: words`aber alle allem allen aller als also am an auch auf aus bei bin bis bist bitte da dann das dass dem den der des die dies diese
    diesem diesen dieser doch dort du durch ein eine einem einen einer eines er es etwas euch fur gibt haben habe hat hatte hier ich
    ihm ihn ihnen ihr ihre im in ins ist ja jede jeder kann kein keine konnen konnte man mehr mein meine mich mir mit muss nach nicht
    noch nur ob oder ohne sehr sein seine sich sie sind so soll um und uns unser unter viel vom von vor wann war was welche welcher
    wenn wer werden wie wieder will wir wird wo wurde zu zum zur`,
  fr: words`a ai au aux avec avez bien c ce ces cet cette comme comment d dans de des donc du elle elles en entre est et etait etes etre eu
    faire fait faut il ils j je l la le les leur leurs lui m ma mais me mes moi mon n ne nos notre nous on ont ou par pas plus pour
    pourquoi pouvez puis qu quand que quel quelle quelles quels qui quoi s sa sans se ses si son sont sous sur t ta te tes tous tout
    toute tres tu un une vos votre vous y`,
  es: words`a al algo algun alguna ante antes aqui asi aun bajo bien cada como con cual cuales cuando cuanto cuantos de del desde donde dos
    e el ella ellas ellos en entre era es esa ese eso esta estan estar este esto estos fue ha hace hay la las le les lo los mas me mi
    mis mucho muy nada ni no nos nosotros o otra otro para pero por porque puede puedo que quien se sea ser si sin sobre solo son su
    sus tambien te tengo tiene todo todos tu tus un una uno unos usted ustedes y ya yo`,
  it: words`a ad agli ai al alla alle allo anche ancora avere ma c che chi ci come con cosa cui d da dal dalla dalle dei del della delle dello
    di dove e ed era essere fa fra gli ha hai hanno ho i il in io l la le lei lo loro lui mi mia mio molto ne nel nella nelle no noi
    non nostra nostro o ogni per perche piu po poi puo quale quali quando quanto quella quelle quelli quello questa queste questi
    questo se sei si sia siamo sono su sua sul sulla suo ti tra tu tua tuo tutti tutto un una uno vi voi`,
  pt: words`a ao aos aquela aquele as ate com como cada da das de dela dele deles depois do dos e ela elas ele eles em entre era essa esse
    esta estao estar este eu foi ha isso isto ja la lhe mais mas me mesmo meu meus minha minhas muito na nao nas nem no nos nossa
    nosso o onde os ou para pela pelas pelo pelos por porque pode posso qual quais quando quanto que quem se sem ser seu seus si so
    sobre sua suas tambem te tem tenho ter toda todas todo todos tu um uma uns voce voces`,
  hi: words`और का की के को है हैं में से पर यह वह ये वे इस उस कि जो तो भी नहीं हो था थी थे कर करना करने किया क्या कैसे कब कहाँ कहां कौन मैं
    हम आप तुम मेरा मेरी मेरे आपका आपकी आपके एक लिए साथ ही तक या अपने अपना अपनी कोई कुछ बहुत`,
};

function words(list: TemplateStringsArray): ReadonlySet<string> {
  return new Set((list[0] ?? '').split(/\s+/).filter((word) => word !== ''));
}
