import type { PageTexts } from './page-texts';
import type { SpeechTexts } from './speech-texts';

export const SPEECH: SpeechTexts = {
  notices: {
    'model-lost':
      'Veuillez m’excuser, ma connexion est perdue et je ne peux pas continuer. Rappelez dans un instant, s’il vous plaît. Au revoir.',
    'one-moment': 'Un instant, s’il vous plaît.',
    'still-trying': 'Je m’en occupe encore. Restez en ligne, s’il vous plaît.',
    'still-there': 'Êtes-vous toujours là ?',
    'absent-goodbye': 'Je ne vous entends plus, je vais donc raccrocher. Au revoir.',
    'nearly-over': 'Je vous préviens, cet appel va bientôt se terminer.',
    'over-goodbye':
      'Nous avons atteint la durée maximale d’un appel, je dois donc raccrocher maintenant. Merci, et au revoir.',
    'budget-goodbye': 'Je dois mettre fin à cet appel, car son budget est épuisé. Merci de votre appel, et au revoir.',
    'drain-goodbye':
      'Je dois mettre fin à cet appel pour une opération de maintenance. Rappelez tout de suite, s’il vous plaît. Au revoir.',
  },
  greetingPrompt:
    'Salue chaleureusement en français, en une courte phrase, la personne qui vient d’appeler, et demande comment tu peux l’aider.',
  isThatRight: 'Est-ce exact ?',
  yes: 'oui',
  no: 'non',
  shown: {
    reconnecting: 'Reconnexion…',
    modelLost: 'Le modèle vocal est injoignable. L’appel se termine.',
    typedInVain: 'Trop de texte a été saisi avant que l’agent soit prêt : ceci n’a pas été pris en compte.',
  },
};

export const PAGE: PageTexts = {
  fixed: {
    brand: 'Agent vocal',
    conversation: 'Conversation',
    whatIsSaid: 'Ce qui est dit',
    newest: 'Derniers mots ↓',
    welcomeTitle: 'Parlez à l’agent',
    welcomeText: 'Parlez comme au téléphone. Vous pouvez l’interrompre à tout moment.',
    key: 'Clé',
    call: 'Appeler',
    startCall: 'Commencer l’appel',
    joinSilent: 'Participer sans microphone',
    save: 'Enregistrer la conversation',
    cancel: 'Annuler',
    louder: 'Amplifier un microphone trop faible',
    you: 'Vous',
    agent: 'Agent',
    gaveWayIn: 'a cédé la parole en',
    answeredIn: 'a répondu en',
    soundHeld: 'Votre navigateur retient le son.',
    clickToHear: 'Cliquer pour écouter',
    mute: 'Couper',
    message: 'Message à l’agent',
    typeInstead: 'Écrire au lieu de parler',
    send: 'Envoyer',
    hangUp: 'Raccrocher',
  },
  status: {
    idle: 'Prêt',
    microphone: 'En attente de votre microphone…',
    agent: 'Appel en cours…',
    media: 'Connexion…',
    waiting: 'En attente d’une ligne…',
    reconnecting: 'Reconnexion…',
    muted: 'Votre micro est coupé',
    greeting: 'Connecté',
    listening: 'À l’écoute',
    hearing: 'Vous entend',
    thinking: 'Réfléchit…',
    'looking-up': 'Recherche en cours…',
    speaking: 'Parle',
    'hanging-up': 'Fin de l’appel…',
    ended: 'Appel terminé',
    failed: 'Non connecté',
  },
  problems: {
    'no-webrtc': {
      title: 'Ce navigateur ne peut pas appeler',
      text: 'Il lui manque ce qu’il faut pour un appel, ou un réglage ou une extension l’empêche. Ouvrez cette page dans un autre navigateur.',
    },
    'microphone-denied': {
      title: 'Le microphone est bloqué',
      text: 'Autorisez le microphone pour cette page dans la barre d’adresse, puis rappelez. Ou participez sans lui et écrivez.',
    },
    'microphone-missing': {
      title: 'Aucun microphone trouvé',
      text: 'Branchez-en un ou allumez-le, puis rappelez. Ou participez sans lui et écrivez.',
    },
    'microphone-busy': {
      title: 'Le microphone est déjà utilisé',
      text: 'Un autre programme l’occupe. Fermez ce programme, puis rappelez. Ou participez sans lui et écrivez.',
    },
    'microphone-failed': {
      title: 'Le microphone n’a pas démarré',
      text: 'Votre navigateur n’a pas pu l’ouvrir. Essayez un autre microphone ou un autre navigateur. Ou participez sans lui et écrivez.',
    },
    'insecure-page': {
      title: 'Cette page n’est pas sécurisée',
      text: 'Les navigateurs ne donnent le microphone qu’aux pages https. Ouvrez cette page en https. Ou participez sans lui et écrivez.',
    },
    'key-needed': { title: 'Une clé est nécessaire', text: 'Cet agent ne répond qu’aux personnes qui ont sa clé.' },
    'key-unsendable': {
      title: 'Ce ne peut pas être une clé',
      text: 'Une clé est faite de lettres latines sans accent, de chiffres et de signes, sans espace. Copiez-la de nouveau.',
    },
    busy: {
      title: 'Toutes les lignes sont occupées',
      text: 'L’agent ne peut pas prendre d’autre appel pour le moment. Réessayez un peu plus tard.',
    },
    'too-many-tries': {
      title: 'Trop d’appels',
      text: 'Vous avez appelé très souvent. Attendez une minute, puis réessayez.',
    },
    'used-up': { title: 'Plus d’appel aujourd’hui', text: 'Tous les appels possibles aujourd’hui ont été passés.' },
    offline: {
      title: 'Vous êtes hors ligne',
      text: 'Votre appareil n’a pas de réseau. Connectez-le, puis réessayez.',
    },
    unreachable: {
      title: 'L’agent est injoignable',
      text: 'Vous semblez être en ligne, le service est peut-être en panne. Réessayez un peu plus tard.',
    },
    'media-blocked': {
      title: 'Aucun son n’est passé',
      text: 'L’agent a répondu, mais votre réseau semble bloquer les appels. Essayez un autre réseau, ou coupez votre VPN.',
    },
    refused: { title: 'L’appel n’a pas été accepté', text: 'L’agent a refusé cet appel.' },
    'agent-failed': {
      title: 'L’agent n’a pas pu prendre l’appel',
      text: 'Un problème est survenu de notre côté. Réessayez un peu plus tard.',
    },
  },
  keyRefused: {
    title: 'Cette clé n’a pas été acceptée',
    text: 'Vérifiez qu’elle est sans faute de frappe et saisissez-la de nouveau.',
  },
  tooManyTriesFor: (when) => `Vous avez appelé très souvent. Réessayez dans ${when}.`,
  endings: {
    'agent-ended': 'L’agent a dit au revoir.',
    'caller-absent': 'L’agent ne vous entendait plus depuis un moment.',
    'too-long': 'L’appel avait atteint sa durée maximale.',
    'budget-spent': 'Le budget de l’appel était épuisé.',
    'client-request': 'L’agent a mis fin à l’appel.',
    transferred: 'L’appel a été transmis à une autre personne.',
    operator: 'L’opérateur a mis fin à l’appel.',
    drained: 'Le service est en cours de mise à jour. Vous pouvez rappeler tout de suite.',
    'model-failed': 'L’agent a perdu sa connexion et n’a pas pu continuer.',
    'transport-failed': 'La connexion avec l’agent s’est rompue.',
    internal: 'Un problème est survenu de notre côté.',
  },
  hungUp: { title: 'Appel terminé', text: 'Merci de votre appel.' },
  lost: {
    title: 'La connexion est perdue',
    text: 'Votre réseau a peut-être changé ou disparu. Vérifiez que vous êtes en ligne, puis rappelez.',
  },
  agentLeft: 'L’agent est parti',
  waiting: { title: 'En attente d’une ligne libre', text: 'Toutes les lignes sont occupées pour le moment.' },
  tryingAgainIn: (when) => `Nouvel essai dans ${when}`,
  mayWeHear: {
    title: 'Pouvons-nous vous entendre ?',
    text: 'Votre navigateur demande le microphone. Il ne sert que pour cet appel.',
  },
  agentSpeaksFirst: 'L’agent parlera en premier.',
  callAgain: 'Rappeler',
  tryAgain: 'Réessayer',
  unmute: 'Activer',
  muted: 'micro coupé',
  noMicrophone: 'pas de microphone',
  microphoneGone: 'Le microphone a disparu. Vous pouvez encore écrire.',
  latency: 'De la fin de vos paroles au premier son de la réponse.',
  latencyParts: (endpointing, model, playout) =>
    `${endpointing} pour remarquer la fin de vos paroles, ${model} pour le modèle, ${playout} pour nous.`,
  bargeIn: 'Du premier son de votre interruption au silence de l’agent.',
  median: (count, value) => `Médiane de ${count} : ${value}.`,
  announced: {
    reconnecting: 'Reconnexion',
    connected: 'Connecté',
    connectedMuted: 'Connecté, votre micro est coupé',
    busy: 'Toutes les lignes sont occupées. Nouvel essai bientôt.',
  },
  notHeard: '(non entendu :)',
  cutOff: '(interrompu)',
  callOf: (when) => `Appel du ${when} UTC`,
};
