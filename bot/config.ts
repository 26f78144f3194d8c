/** Everything that can be set, checked; see docs/configuration.md. Durations are in ms whatever the variable's unit. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly transport: 'daily' | 'webrtc';
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly version: string;
  readonly daily: { readonly apiKey: string | undefined; readonly apiUrl: string };
  readonly model: {
    readonly id: string;
    readonly voiceId: string;
    readonly systemPrompt: string;
    readonly region: string;
    /** The sandbox or a VPC endpoint; undefined is the region's public endpoint. */
    readonly endpointUrl: string | undefined;
    readonly endpointingSensitivity: 'HIGH' | 'MEDIUM' | 'LOW';
  };
  readonly call: {
    readonly maxCalls: number;
    readonly maxCallMs: number;
    readonly userAbsentMs: number;
    /** How long a SIGTERM lets calls go on before they are closed with a goodbye. */
    readonly drainMs: number;
    /** What the bot is told to open the call with. */
    readonly greetingPrompt: string;
  };
  readonly access: {
    readonly startApiKey: string | undefined;
    readonly adminApiKey: string | undefined;
    readonly allowedOrigins: readonly string[];
    /** Starts allowed per address and minute. */
    readonly startsPerMinute: number;
    /** How many proxies in front are trusted to name the caller's address. */
    readonly trustedProxies: number;
    readonly browserRedirect: boolean;
  };
  readonly webrtc: {
    readonly iceServers: readonly IceServer[];
    /** The address ICE candidates are bound to; undefined is all. */
    readonly bindAddress: string | undefined;
    /** The one UDP port all calls share, or undefined for a free port each. */
    readonly udpPort: number | undefined;
  };
}

/** As in RTCConfiguration. */
export interface IceServer {
  readonly urls: string | readonly string[];
  readonly username?: string;
  readonly credential?: string;
}
