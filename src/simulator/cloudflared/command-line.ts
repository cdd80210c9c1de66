import { goDuration } from '../container/go-duration.ts';

/** Settings of `tunnel run` after flags and environment (facts 5.1). */
export interface RunSettings {
  readonly token: string;
  readonly tokenFile: string;
  /** Empty: no origin. */
  readonly url: string;
  /** `HOST:PORT`; empty: the first free of 0.0.0.0:20241-20245. */
  readonly metrics: string;
  readonly retries: number;
  /** Milliseconds. */
  readonly gracePeriod: number;
  readonly protocol: string;
}

export type Command =
  | { readonly kind: 'version' }
  | { readonly kind: 'ready'; readonly metrics: string }
  | { readonly kind: 'run'; readonly settings: RunSettings }
  | { readonly kind: 'usage'; readonly text: string; readonly exitCode: number };

type Environment = Readonly<Record<string, string | undefined>>;

/** Flags with the environment variable they are bound to. */
const valueFlags: Readonly<Record<string, string>> = {
  token: 'TUNNEL_TOKEN',
  'token-file': 'TUNNEL_TOKEN_FILE',
  url: 'TUNNEL_URL',
  metrics: 'TUNNEL_METRICS',
  retries: 'TUNNEL_RETRIES',
  'grace-period': 'TUNNEL_GRACE_PERIOD',
  protocol: 'TUNNEL_TRANSPORT_PROTOCOL',
  'edge-ip-version': 'TUNNEL_EDGE_IP_VERSION',
  region: 'TUNNEL_REGION',
  loglevel: 'TUNNEL_LOGLEVEL',
  id: 'TUNNEL_ID',
};
const switches = new Set(['no-autoupdate', 'version', 'v']);

/** Reads `cloudflared [flags] tunnel [flags] run|ready [flags]`. */
export function readCommand(args: readonly string[], env: Environment): Command {
  const given = new Map<string, string>();
  const words: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const argument = args[index] ?? '';
    const shape = /^--?([A-Za-z-]+)(?:=(.*))?$/s.exec(argument);
    const name = shape?.[1];
    if (name === undefined) {
      words.push(argument);
    } else if (switches.has(name)) {
      given.set(name, shape?.[2] ?? 'true');
    } else if (name in valueFlags) {
      const value = shape?.[2] ?? args[++index];
      if (value === undefined) return usage(`Incorrect Usage: flag needs an argument: -${name}`);
      given.set(name, value);
    } else {
      return usage(`Incorrect Usage: flag provided but not defined: -${name}`);
    }
  }
  if (given.has('version') || given.has('v') || words[0] === 'version') return { kind: 'version' };
  const value = (name: string): string => given.get(name) ?? env[valueFlags[name] ?? ''] ?? '';
  const [first, second] = words;
  if (first !== 'tunnel') return usage(`No help topic for '${first ?? ''}'`);
  if (second === 'ready') return { kind: 'ready', metrics: value('metrics') };
  if (second !== 'run') return usage(`No help topic for '${second ?? ''}'`);
  const gracePeriod = goDuration(value('grace-period') || '30s');
  const retries = Number(value('retries') || '5');
  if (gracePeriod === undefined || !Number.isInteger(retries) || retries < 0) {
    return usage('Incorrect Usage: invalid value for flag -grace-period or -retries');
  }
  return {
    kind: 'run',
    settings: {
      token: value('token'),
      tokenFile: value('token-file'),
      url: value('url'),
      metrics: value('metrics'),
      retries,
      gracePeriod,
      protocol: value('protocol') || 'auto',
    },
  };
}

function usage(text: string): Command {
  return { kind: 'usage', text, exitCode: 1 };
}
