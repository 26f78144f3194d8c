import type { PageTexts } from './page-texts';
import type { SpeechTexts } from './speech-texts';

export const SPEECH: SpeechTexts = {
  notices: {
    'model-lost':
      'Es tut mir leid, meine Verbindung ist abgebrochen, und ich kann nicht weitersprechen. Bitte rufen Sie gleich noch einmal an. Auf Wiederhören.',
    'one-moment': 'Einen Moment, bitte.',
    'still-trying': 'Ich arbeite noch daran. Bitte bleiben Sie dran.',
    'still-there': 'Sind Sie noch da?',
    'absent-goodbye': 'Ich habe nichts mehr von Ihnen gehört und lege jetzt auf. Auf Wiederhören.',
    'nearly-over': 'Nur damit Sie es wissen: Dieses Gespräch endet bald.',
    'over-goodbye':
      'Wir haben die längste Gesprächszeit erreicht, deshalb muss ich jetzt auflegen. Vielen Dank und auf Wiederhören.',
    'budget-goodbye':
      'Ich muss das Gespräch jetzt beenden, weil sein Budget aufgebraucht ist. Vielen Dank für Ihren Anruf und auf Wiederhören.',
    'drain-goodbye':
      'Ich muss das Gespräch jetzt wegen Wartungsarbeiten beenden. Bitte rufen Sie gleich noch einmal an. Auf Wiederhören.',
    'call-recorded': 'Dieses Gespräch wird aufgezeichnet.',
    'may-we-record': 'Darf dieses Gespräch aufgezeichnet werden? Bitte sagen Sie ja oder nein.',
  },
  greetingPrompt:
    'Begrüße den Menschen, der gerade anruft, herzlich in einem kurzen Satz auf Deutsch, und frage, wie du helfen kannst.',
  isThatRight: 'Ist das richtig?',
  yes: 'ja',
  no: 'nein',
  shown: {
    reconnecting: 'Verbindung wird wiederhergestellt …',
    modelLost: 'Das Sprachmodell ist nicht erreichbar. Der Anruf endet.',
    typedInVain: 'Es wurde zu viel getippt, bevor der Bot bereit war: Dies wurde nicht angenommen.',
  },
};

export const PAGE: PageTexts = {
  fixed: {
    brand: 'Sprachagent',
    conversation: 'Gespräch',
    whatIsSaid: 'Was gesagt wird',
    newest: 'Neueste Worte ↓',
    welcomeTitle: 'Sprechen Sie mit dem Agenten',
    welcomeText: 'Sprechen Sie wie am Telefon. Sie können jederzeit unterbrechen.',
    key: 'Schlüssel',
    call: 'Anrufen',
    startCall: 'Anruf beginnen',
    joinSilent: 'Ohne Mikrofon teilnehmen',
    save: 'Gespräch speichern',
    cancel: 'Abbrechen',
    louder: 'Leises Mikrofon lauter machen',
    you: 'Sie',
    agent: 'Agent',
    gaveWayIn: 'verstummte nach',
    answeredIn: 'antwortete nach',
    soundHeld: 'Ihr Browser hält den Ton zurück.',
    clickToHear: 'Klicken und hören',
    mute: 'Stumm',
    message: 'Nachricht an den Agenten',
    typeInstead: 'Tippen statt sprechen',
    send: 'Senden',
    hangUp: 'Auflegen',
    recorded: 'Dieses Gespräch wird aufgezeichnet',
    notRecorded: 'Keine Aufzeichnung',
    stopRecording: 'Aufzeichnung beenden',
  },
  status: {
    idle: 'Bereit',
    microphone: 'Warten auf Ihr Mikrofon …',
    agent: 'Anruf läuft …',
    media: 'Verbindung wird aufgebaut …',
    waiting: 'Warten auf eine Leitung …',
    reconnecting: 'Verbindung wird wiederhergestellt …',
    muted: 'Sie sind stumm geschaltet',
    greeting: 'Verbunden',
    listening: 'Hört zu',
    hearing: 'Hört Sie',
    thinking: 'Denkt nach …',
    'looking-up': 'Schlägt etwas nach …',
    speaking: 'Spricht',
    'hanging-up': 'Wird beendet …',
    ended: 'Anruf beendet',
    failed: 'Nicht verbunden',
  },
  problems: {
    'no-webrtc': {
      title: 'Dieser Browser kann nicht anrufen',
      text: 'Ihm fehlt, was ein Anruf braucht, oder es ist in den Einstellungen oder durch eine Erweiterung abgeschaltet. Öffnen Sie diese Seite in einem anderen Browser.',
    },
    'microphone-denied': {
      title: 'Das Mikrofon ist gesperrt',
      text: 'Erlauben Sie dieser Seite das Mikrofon in der Adresszeile Ihres Browsers und rufen Sie noch einmal an. Oder nehmen Sie ohne teil und tippen Sie.',
    },
    'microphone-missing': {
      title: 'Kein Mikrofon gefunden',
      text: 'Schließen Sie eines an oder schalten Sie es ein und rufen Sie noch einmal an. Oder nehmen Sie ohne teil und tippen Sie.',
    },
    'microphone-busy': {
      title: 'Das Mikrofon ist in Gebrauch',
      text: 'Ein anderes Programm belegt es. Schließen Sie dieses und rufen Sie noch einmal an. Oder nehmen Sie ohne teil und tippen Sie.',
    },
    'microphone-failed': {
      title: 'Das Mikrofon ließ sich nicht starten',
      text: 'Ihr Browser konnte es nicht öffnen. Versuchen Sie ein anderes Mikrofon oder einen anderen Browser. Oder nehmen Sie ohne teil und tippen Sie.',
    },
    'insecure-page': {
      title: 'Diese Seite ist nicht sicher',
      text: 'Browser geben das Mikrofon nur https-Seiten. Öffnen Sie diese Seite über https. Oder nehmen Sie ohne teil und tippen Sie.',
    },
    'key-needed': {
      title: 'Ein Schlüssel wird gebraucht',
      text: 'Dieser Agent antwortet nur denen, die seinen Schlüssel haben.',
    },
    'key-unsendable': {
      title: 'Das kann kein Schlüssel sein',
      text: 'Schlüssel bestehen aus lateinischen Buchstaben ohne Akzente, Ziffern und Zeichen, ohne Leerzeichen. Kopieren Sie ihn noch einmal.',
    },
    busy: {
      title: 'Alle Leitungen sind belegt',
      text: 'Der Agent kann gerade keinen weiteren Anruf annehmen. Versuchen Sie es bald noch einmal.',
    },
    'too-many-tries': {
      title: 'Zu viele Anrufe',
      text: 'Sie haben sehr oft angerufen. Warten Sie eine Minute und versuchen Sie es noch einmal.',
    },
    'used-up': { title: 'Heute keine Anrufe mehr', text: 'Alle Anrufe, die es heute geben kann, sind geführt.' },
    offline: {
      title: 'Sie sind offline',
      text: 'Ihr Gerät hat kein Netz. Verbinden Sie es und versuchen Sie es noch einmal.',
    },
    unreachable: {
      title: 'Der Agent ist nicht erreichbar',
      text: 'Sie scheinen online zu sein, der Dienst ist vielleicht gestört. Versuchen Sie es bald noch einmal.',
    },
    'media-blocked': {
      title: 'Es kam kein Ton durch',
      text: 'Der Agent hat geantwortet, aber Ihr Netz scheint Anrufe zu sperren. Versuchen Sie ein anderes Netz, oder schalten Sie ein VPN ab.',
    },
    refused: { title: 'Der Anruf wurde nicht angenommen', text: 'Der Agent hat diesen Anruf abgelehnt.' },
    'agent-failed': {
      title: 'Der Agent konnte den Anruf nicht annehmen',
      text: 'Bei uns ist etwas schiefgegangen. Versuchen Sie es bald noch einmal.',
    },
  },
  keyRefused: {
    title: 'Dieser Schlüssel wurde nicht angenommen',
    text: 'Prüfen Sie ihn auf Tippfehler und geben Sie ihn noch einmal ein.',
  },
  tooManyTriesFor: (when) => `Sie haben sehr oft angerufen. Wartezeit bis zum nächsten Versuch: ${when}.`,
  endings: {
    'agent-ended': 'Der Agent hat sich verabschiedet.',
    'caller-absent': 'Der Agent hatte eine Weile nichts von Ihnen gehört.',
    'too-long': 'Der Anruf hatte seine längste Dauer erreicht.',
    'budget-spent': 'Das Budget des Anrufs war aufgebraucht.',
    'client-request': 'Der Agent hat den Anruf beendet.',
    transferred: 'Sie wurden mit jemand anderem verbunden.',
    operator: 'Der Betreiber hat den Anruf beendet.',
    drained: 'Der Dienst wird gerade erneuert. Sie können gleich wieder anrufen.',
    'model-failed': 'Der Agent hat seine Verbindung verloren und konnte nicht weitersprechen.',
    'transport-failed': 'Die Verbindung zum Agenten ist abgebrochen.',
    internal: 'Bei uns ist etwas schiefgegangen.',
  },
  hungUp: { title: 'Anruf beendet', text: 'Danke für Ihren Anruf.' },
  lost: {
    title: 'Die Verbindung ist abgebrochen',
    text: 'Ihr Netz hat vielleicht gewechselt oder ist weg. Prüfen Sie, ob Sie online sind, und rufen Sie noch einmal an.',
  },
  agentLeft: 'Der Agent ist gegangen',
  waiting: { title: 'Warten auf eine freie Leitung', text: 'Zurzeit sind alle Leitungen belegt.' },
  tryingAgainIn: (when) => `Zeit bis zum nächsten Versuch: ${when}`,
  mayWeHear: {
    title: 'Dürfen wir Sie hören?',
    text: 'Ihr Browser fragt nach dem Mikrofon. Es wird nur für diesen Anruf benutzt.',
  },
  agentSpeaksFirst: 'Der Agent spricht zuerst.',
  callAgain: 'Noch einmal anrufen',
  tryAgain: 'Noch einmal versuchen',
  unmute: 'Ton an',
  muted: 'stumm',
  noMicrophone: 'kein Mikrofon',
  microphoneGone: 'Das Mikrofon ist weg. Sie können weiter tippen.',
  latency: 'Vom Ende Ihrer Worte bis zum ersten Ton der Antwort.',
  latencyParts: (endpointing, model, playout) =>
    `${endpointing}, bis das Ende Ihrer Worte bemerkt war, ${model} das Modell, ${playout} wir.`,
  bargeIn: 'Vom ersten Ton Ihrer Unterbrechung bis zur Stille des Agenten.',
  median: (count, value) => `Median von ${count}: ${value}.`,
  announced: {
    reconnecting: 'Verbindung wird wiederhergestellt',
    connected: 'Verbunden',
    connectedMuted: 'Verbunden, Sie sind stumm geschaltet',
    busy: 'Alle Leitungen sind belegt. Gleich folgt ein neuer Versuch.',
  },
  notHeard: '(nicht gehört:)',
  cutOff: '(abgebrochen)',
  callOf: (when) => `Anruf vom ${when} UTC`,
};
