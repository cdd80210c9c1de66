/** What cloudflared finds in a token (facts 5.1). Missing parts are empty: the real one accepts them too. */
export interface TokenContent {
  readonly account: string;
  /** Base64. */
  readonly secret: string;
  readonly tunnel: string;
  readonly endpoint: string;
}

const zeroUuid = '00000000-0000-0000-0000-000000000000';

/**
 * Reads a token as leniently as the real program: standard base64 (Go skips line breaks in it) of a
 * JSON object, whose fields may be missing but not of another type (e2e.md 9). Undefined: refused.
 */
export function readTunnelToken(text: string): TokenContent | undefined {
  const base64 = text.replace(/[\r\n]/g, '');
  if (!isBase64(base64)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(base64, 'base64').toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const fields: Readonly<Record<string, unknown>> = { ...value };
  const [account, secret, tunnel, endpoint] = ['a', 's', 't', 'e'].map((key) => fields[key] ?? '');
  if (typeof account !== 'string' || typeof endpoint !== 'string') return undefined;
  if (typeof secret !== 'string' || !isBase64(secret)) return undefined;
  if (typeof tunnel !== 'string' || (fields['t'] !== undefined && !isUuid(tunnel)))
    return undefined;
  return { account, secret, tunnel: tunnel === '' ? zeroUuid : tunnel.toLowerCase(), endpoint };
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
