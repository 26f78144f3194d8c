import type { PageTexts } from './page-texts';
import type { SpeechTexts } from './speech-texts';

export const SPEECH: SpeechTexts = {
  notices: {
    'model-lost':
      'Mi dispiace, la mia connessione è caduta e non posso continuare. La prego di richiamare tra un momento. Arrivederci.',
    'one-moment': 'Un momento, per favore.',
    'still-trying': 'Ci sto ancora lavorando. Resti in linea, per favore.',
    'still-there': 'È ancora in linea?',
    'absent-goodbye': 'Non La sento più, quindi ora chiudo la chiamata. Arrivederci.',
    'nearly-over': 'La avviso che questa chiamata finirà tra poco.',
    'over-goodbye':
      'Abbiamo raggiunto la durata massima di una chiamata, quindi ora devo chiudere. Grazie, e arrivederci.',
    'budget-goodbye':
      'Devo chiudere questa chiamata, perché il suo budget è esaurito. Grazie per aver chiamato, e arrivederci.',
    'drain-goodbye':
      'Devo chiudere questa chiamata per un intervento di manutenzione. La prego di richiamare subito. Arrivederci.',
  },
  greetingPrompt:
    'Saluta calorosamente in italiano, con una breve frase, la persona che ha appena chiamato, e chiedi come puoi aiutarla.',
  isThatRight: 'È corretto?',
  yes: 'sì',
  no: 'no',
  shown: {
    reconnecting: 'Riconnessione…',
    modelLost: 'Il modello vocale non è raggiungibile. La chiamata termina.',
    typedInVain: 'È stato scritto troppo prima che l’agente fosse pronto: questo testo non è stato accolto.',
  },
};

export const PAGE: PageTexts = {
  fixed: {
    brand: 'Agente vocale',
    conversation: 'Conversazione',
    whatIsSaid: 'Ciò che viene detto',
    newest: 'Ultime parole ↓',
    welcomeTitle: 'Parli con l’agente',
    welcomeText: 'Parli come al telefono. Può interrompere in qualsiasi momento.',
    key: 'Chiave',
    call: 'Chiama',
    startCall: 'Inizia la chiamata',
    joinSilent: 'Partecipa senza microfono',
    save: 'Salva la conversazione',
    cancel: 'Annulla',
    louder: 'Alza il volume di un microfono debole',
    you: 'Lei',
    agent: 'Agente',
    gaveWayIn: 'ha taciuto dopo',
    answeredIn: 'ha risposto in',
    soundHeld: 'Il browser trattiene l’audio.',
    clickToHear: 'Clicca per ascoltare',
    mute: 'Muto',
    message: 'Messaggio all’agente',
    typeInstead: 'Scriva invece di parlare',
    send: 'Invia',
    hangUp: 'Riaggancia',
  },
  status: {
    idle: 'Pronto',
    microphone: 'In attesa del microfono…',
    agent: 'Chiamata in corso…',
    media: 'Connessione…',
    waiting: 'In attesa di una linea…',
    reconnecting: 'Riconnessione…',
    muted: 'Il microfono è disattivato',
    greeting: 'Connesso',
    listening: 'In ascolto',
    hearing: 'La sente',
    thinking: 'Sta pensando…',
    'looking-up': 'Sta cercando…',
    speaking: 'Sta parlando',
    'hanging-up': 'Chiusura…',
    ended: 'Chiamata terminata',
    failed: 'Non connesso',
  },
  problems: {
    'no-webrtc': {
      title: 'Questo browser non può chiamare',
      text: 'Gli manca ciò che serve a una chiamata, oppure è disattivato nelle impostazioni o da un’estensione. Apra questa pagina in un altro browser.',
    },
    'microphone-denied': {
      title: 'Il microfono è bloccato',
      text: 'Consenta il microfono a questa pagina nella barra degli indirizzi, poi richiami. Oppure partecipi senza e scriva.',
    },
    'microphone-missing': {
      title: 'Nessun microfono trovato',
      text: 'Ne colleghi uno o lo accenda, poi richiami. Oppure partecipi senza e scriva.',
    },
    'microphone-busy': {
      title: 'Il microfono è già in uso',
      text: 'Lo sta usando un altro programma. Lo chiuda, poi richiami. Oppure partecipi senza e scriva.',
    },
    'microphone-failed': {
      title: 'Il microfono non si è avviato',
      text: 'Il browser non è riuscito ad aprirlo. Provi un altro microfono o un altro browser. Oppure partecipi senza e scriva.',
    },
    'insecure-page': {
      title: 'Questa pagina non è sicura',
      text: 'I browser danno il microfono solo alle pagine https. Apra questa pagina in https. Oppure partecipi senza e scriva.',
    },
    'key-needed': { title: 'Serve una chiave', text: 'Questo agente risponde solo a chi ha la sua chiave.' },
    'key-unsendable': {
      title: 'Questa non può essere una chiave',
      text: 'Le chiavi sono fatte di lettere latine senza accenti, cifre e segni, senza spazi. La copi di nuovo.',
    },
    busy: {
      title: 'Tutte le linee sono occupate',
      text: 'L’agente al momento non può prendere altre chiamate. Riprovi tra poco.',
    },
    'too-many-tries': {
      title: 'Troppe chiamate',
      text: 'Ha chiamato molto spesso. Aspetti un minuto, poi riprovi.',
    },
    'used-up': {
      title: 'Oggi non ci sono più chiamate',
      text: 'Tutte le chiamate possibili per oggi sono state fatte.',
    },
    offline: { title: 'Non è in linea', text: 'Il dispositivo non ha rete. Lo colleghi, poi riprovi.' },
    unreachable: {
      title: 'L’agente non è raggiungibile',
      text: 'Sembra che Lei sia in linea, quindi il servizio potrebbe essere fermo. Riprovi tra poco.',
    },
    'media-blocked': {
      title: 'L’audio non è passato',
      text: 'L’agente ha risposto, ma la rete sembra bloccare le chiamate. Provi un’altra rete, o disattivi la VPN.',
    },
    refused: { title: 'La chiamata non è stata accettata', text: 'L’agente ha rifiutato questa chiamata.' },
    'agent-failed': {
      title: 'L’agente non ha potuto prendere la chiamata',
      text: 'Qualcosa è andato storto da parte nostra. Riprovi tra poco.',
    },
  },
  keyRefused: {
    title: 'Questa chiave non è stata accettata',
    text: 'Controlli che non ci siano errori e la inserisca di nuovo.',
  },
  tooManyTriesFor: (when) => `Ha chiamato molto spesso. Riprovi tra ${when}.`,
  endings: {
    'agent-ended': 'L’agente ha salutato.',
    'caller-absent': 'L’agente non La sentiva più da un po’.',
    'too-long': 'La chiamata aveva raggiunto la durata massima.',
    'budget-spent': 'Il budget della chiamata era esaurito.',
    'client-request': 'L’agente ha chiuso la chiamata.',
    transferred: 'La chiamata è stata passata a un’altra persona.',
    operator: 'Un operatore ha chiuso la chiamata.',
    drained: 'Il servizio è in aggiornamento. Può richiamare subito.',
    'model-failed': 'L’agente ha perso la connessione e non ha potuto continuare.',
    'transport-failed': 'La connessione con l’agente è caduta.',
    internal: 'Qualcosa è andato storto da parte nostra.',
  },
  hungUp: { title: 'Chiamata terminata', text: 'Grazie per aver chiamato.' },
  lost: {
    title: 'La connessione è caduta',
    text: 'La rete potrebbe essere cambiata o assente. Controlli di essere in linea, poi richiami.',
  },
  agentLeft: 'L’agente è andato via',
  waiting: { title: 'In attesa di una linea libera', text: 'Al momento tutte le linee sono occupate.' },
  tryingAgainIn: (when) => `Nuovo tentativo tra ${when}`,
  mayWeHear: {
    title: 'Possiamo sentirLa?',
    text: 'Il browser chiede il microfono. Serve solo per questa chiamata.',
  },
  agentSpeaksFirst: 'L’agente parlerà per primo.',
  callAgain: 'Richiama',
  tryAgain: 'Riprova',
  unmute: 'Riattiva',
  muted: 'muto',
  noMicrophone: 'nessun microfono',
  microphoneGone: 'Il microfono non c’è più. Può ancora scrivere.',
  latency: 'Dalla fine delle Sue parole al primo suono della risposta.',
  latencyParts: (endpointing, model, playout) =>
    `${endpointing} per notare la fine delle Sue parole, ${model} del modello, ${playout} nostri.`,
  bargeIn: 'Dal primo suono della Sua interruzione al silenzio dell’agente.',
  median: (count, value) => `Mediana di ${count}: ${value}.`,
  announced: {
    reconnecting: 'Riconnessione',
    connected: 'Connesso',
    connectedMuted: 'Connesso, il microfono è disattivato',
    busy: 'Tutte le linee sono occupate. Nuovo tentativo tra poco.',
  },
  notHeard: '(non sentito:)',
  cutOff: '(interrotto)',
  callOf: (when) => `Chiamata del ${when} UTC`,
};
