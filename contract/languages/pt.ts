import type { PageTexts } from './page-texts';
import type { SpeechTexts } from './speech-texts';

export const SPEECH: SpeechTexts = {
  notices: {
    'model-lost':
      'Sinto muito, perdi a conexão e não posso continuar. Por favor, ligue novamente em um instante. Até logo.',
    'one-moment': 'Um momento, por favor.',
    'still-trying': 'Ainda estou cuidando disso. Por favor, fique na linha.',
    'still-there': 'Você ainda está aí?',
    'absent-goodbye': 'Não ouvi mais você, então vou desligar agora. Até logo.',
    'nearly-over': 'Só para avisar, esta ligação vai terminar em breve.',
    'over-goodbye':
      'Chegamos ao tempo máximo de uma ligação, então preciso desligar agora. Agradeço a ligação, e até logo.',
    'budget-goodbye':
      'Preciso encerrar esta ligação agora, porque o orçamento dela acabou. Agradeço a ligação, e até logo.',
    'drain-goodbye':
      'Preciso encerrar esta ligação agora para manutenção. Por favor, ligue novamente em seguida. Até logo.',
  },
  greetingPrompt:
    'Cumprimente com simpatia em português, em uma frase curta, a pessoa que acabou de ligar, e pergunte como você pode ajudar.',
  isThatRight: 'Está certo?',
  yes: 'sim',
  no: 'não',
  shown: {
    reconnecting: 'Reconectando…',
    modelLost: 'Não é possível acessar o modelo de voz. A ligação termina.',
    typedInVain: 'Foi digitado texto demais antes de o agente estar pronto: isto não foi aceito.',
  },
};

export const PAGE: PageTexts = {
  fixed: {
    brand: 'Agente de voz',
    conversation: 'Conversa',
    whatIsSaid: 'O que é dito',
    newest: 'Últimas palavras ↓',
    welcomeTitle: 'Fale com o agente',
    welcomeText: 'Fale como ao telefone. Você pode interromper a qualquer momento.',
    key: 'Chave',
    call: 'Ligar',
    startCall: 'Iniciar a ligação',
    joinSilent: 'Participar sem microfone',
    save: 'Salvar a conversa',
    cancel: 'Cancelar',
    louder: 'Aumentar o volume de um microfone baixo',
    you: 'Você',
    agent: 'Agente',
    gaveWayIn: 'cedeu a vez em',
    answeredIn: 'respondeu em',
    soundHeld: 'Seu navegador está retendo o som.',
    clickToHear: 'Clique para ouvir',
    mute: 'Silenciar',
    message: 'Mensagem para o agente',
    typeInstead: 'Digite em vez de falar',
    send: 'Enviar',
    hangUp: 'Desligar',
  },
  status: {
    idle: 'Pronto',
    microphone: 'Aguardando seu microfone…',
    agent: 'Ligando…',
    media: 'Conectando…',
    waiting: 'Aguardando uma linha…',
    reconnecting: 'Reconectando…',
    muted: 'Seu microfone está silenciado',
    greeting: 'Conectado',
    listening: 'Escutando',
    hearing: 'Ouvindo você',
    thinking: 'Pensando…',
    'looking-up': 'Consultando…',
    speaking: 'Falando',
    'hanging-up': 'Desligando…',
    ended: 'Ligação encerrada',
    failed: 'Sem conexão',
  },
  problems: {
    'no-webrtc': {
      title: 'Este navegador não pode fazer ligações',
      text: 'Falta a ele o que uma ligação exige, ou isso está desativado nas configurações ou por uma extensão. Abra esta página em outro navegador.',
    },
    'microphone-denied': {
      title: 'O microfone está bloqueado',
      text: 'Permita o microfone para esta página na barra de endereços e ligue novamente. Ou participe sem ele e digite.',
    },
    'microphone-missing': {
      title: 'Nenhum microfone encontrado',
      text: 'Conecte um ou ligue-o e tente novamente. Ou participe sem ele e digite.',
    },
    'microphone-busy': {
      title: 'O microfone está em uso',
      text: 'Outro programa o está usando. Feche-o e ligue novamente. Ou participe sem ele e digite.',
    },
    'microphone-failed': {
      title: 'O microfone não iniciou',
      text: 'Seu navegador não conseguiu abri-lo. Tente outro microfone ou navegador. Ou participe sem ele e digite.',
    },
    'insecure-page': {
      title: 'Esta página não é segura',
      text: 'Os navegadores só dão o microfone a páginas https. Abra esta página em https. Ou participe sem ele e digite.',
    },
    'key-needed': { title: 'É preciso uma chave', text: 'Este agente só atende quem tem a chave dele.' },
    'key-unsendable': {
      title: 'Isso não pode ser uma chave',
      text: 'Chaves são feitas de letras latinas sem acento, números e sinais, sem espaços. Copie-a novamente.',
    },
    busy: {
      title: 'Todas as linhas estão ocupadas',
      text: 'O agente não pode atender outra ligação no momento. Tente novamente daqui a pouco.',
    },
    'too-many-tries': {
      title: 'Ligações demais',
      text: 'Você ligou muitas vezes. Espere um minuto e tente novamente.',
    },
    'used-up': { title: 'Não há mais ligações hoje', text: 'Todas as ligações possíveis hoje já foram feitas.' },
    offline: { title: 'Você está sem internet', text: 'Seu dispositivo está sem rede. Conecte-o e tente novamente.' },
    unreachable: {
      title: 'Não é possível falar com o agente',
      text: 'Você parece estar conectado, então o serviço pode estar fora do ar. Tente novamente daqui a pouco.',
    },
    'media-blocked': {
      title: 'O som não passou',
      text: 'O agente atendeu, mas sua rede parece bloquear ligações. Tente outra rede ou desligue a VPN.',
    },
    refused: { title: 'A ligação não foi aceita', text: 'O agente recusou esta ligação.' },
    'agent-failed': {
      title: 'O agente não pôde atender a ligação',
      text: 'Algo deu errado do nosso lado. Tente novamente daqui a pouco.',
    },
  },
  keyRefused: {
    title: 'Essa chave não foi aceita',
    text: 'Confira se há erros de digitação e informe-a novamente.',
  },
  tooManyTriesFor: (when) => `Você ligou muitas vezes. Tente novamente em ${when}.`,
  endings: {
    'agent-ended': 'O agente se despediu.',
    'caller-absent': 'O agente não ouvia você havia algum tempo.',
    'too-long': 'A ligação chegou à duração máxima.',
    'budget-spent': 'O orçamento da ligação acabou.',
    'client-request': 'O agente encerrou a ligação.',
    transferred: 'A ligação foi transferida para outra pessoa.',
    operator: 'Um operador encerrou a ligação.',
    drained: 'O serviço está sendo atualizado. Você pode ligar novamente em seguida.',
    'model-failed': 'O agente perdeu a conexão e não pôde continuar.',
    'transport-failed': 'A conexão com o agente caiu.',
    internal: 'Algo deu errado do nosso lado.',
  },
  hungUp: { title: 'Ligação encerrada', text: 'Agradecemos a sua ligação.' },
  lost: {
    title: 'A conexão caiu',
    text: 'Sua rede pode ter mudado ou caído. Confira se você está conectado e ligue novamente.',
  },
  agentLeft: 'O agente saiu',
  waiting: { title: 'Aguardando uma linha livre', text: 'Todas as linhas estão ocupadas no momento.' },
  tryingAgainIn: (when) => `Nova tentativa em ${when}`,
  mayWeHear: {
    title: 'Podemos ouvir você?',
    text: 'Seu navegador pede o microfone. Ele é usado apenas nesta ligação.',
  },
  agentSpeaksFirst: 'O agente falará primeiro.',
  callAgain: 'Ligar novamente',
  tryAgain: 'Tentar novamente',
  unmute: 'Ativar som',
  muted: 'silenciado',
  noMicrophone: 'sem microfone',
  microphoneGone: 'O microfone sumiu. Você ainda pode digitar.',
  latency: 'Do fim das suas palavras até o primeiro som da resposta.',
  latencyParts: (endpointing, model, playout) =>
    `${endpointing} até perceber o fim das suas palavras, ${model} do modelo, ${playout} nossos.`,
  bargeIn: 'Do primeiro som da sua interrupção até o silêncio do agente.',
  median: (count, value) => `Mediana de ${count}: ${value}.`,
  announced: {
    reconnecting: 'Reconectando',
    connected: 'Conectado',
    connectedMuted: 'Conectado, seu microfone está silenciado',
    busy: 'Todas as linhas estão ocupadas. Nova tentativa em breve.',
  },
  notHeard: '(não ouvido:)',
  cutOff: '(interrompido)',
  callOf: (when) => `Ligação de ${when} UTC`,
};
