import { nameForeignJson } from './foreign-secret.ts';
import { type Parsed, parsed, problem } from './result.ts';

/** What a tunnel token says, without its secret. */
export interface TokenContent {
  readonly accountTag: string;
  /** Lower-case UUID. */
  readonly tunnelId: string;
  /** The token's `e`: which edge to dial; absent in most tokens. */
  readonly endpoint: string | undefined;
}

/** The problem of a token whose bytes are not what its base64 once held. */
export const damagedToken =
  'The token is damaged: its base64 does not decode to JSON, so characters inside it are missing or changed, or its end is cut off.';

const fieldNames = {
  a: 'the account tag',
  s: "the tunnel's secret",
  t: "the tunnel's ID",
} as const;

/**
 * Reads the decoded bytes of a tunnel token (facts 5.1): a, s and t must be there, `s` base64 and `t`
 * a UUID other than the empty one. A problem names fields, never what is in them.
 */
export function readTokenContent(bytes: Uint8Array): Parsed<TokenContent> {
  const content = parseJson(bytes);
  if (content === undefined) return problem(damagedToken);
  const foreign = nameForeignJson(content);
  if (foreign !== undefined) return problem(`This is ${foreign}, not a tunnel token.`);
  const fields = new Map<string, unknown>(Object.entries(content));
  const lacking = Object.entries(fieldNames).filter(([key]) => (fields.get(key) ?? '') === '');
  if (lacking.length > 0) {
    const names = lacking.map(([key, name]) => `"${key}" (${name})`).join(', ');
    return problem(`The text decodes to JSON, but it lacks ${names}: it is not a tunnel token.`);
  }
  const [a, s, t, e] = [fields.get('a'), fields.get('s'), fields.get('t'), fields.get('e')];
  if (typeof a !== 'string' || !/^[!-~]+$/.test(a)) return wrongField('a', 'an account tag');
  if (typeof s !== 'string' || !isStandardBase64(s)) return wrongField('s', 'standard base64');
  if (typeof t !== 'string' || !isTunnelId(t)) return wrongField('t', 'a UUID');
  if (e !== undefined && e !== null && (typeof e !== 'string' || !/^[!-~]*$/.test(e))) {
    return wrongField('e', 'the name of an endpoint');
  }
  return parsed({
    accountTag: a,
    tunnelId: t.toLowerCase(),
    endpoint: typeof e === 'string' && e !== '' ? e : undefined,
  });
}

function parseJson(bytes: Uint8Array): object | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    // The parser's own message repeats the text, which is secret: only the fact is kept.
    return undefined;
  }
}

function wrongField(key: string, expected: string): Parsed<never> {
  return problem(
    `The token decodes, but its "${key}" is not ${expected}: it was changed or is not a tunnel token.`,
  );
}

function isStandardBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
}

/** A UUID other than the empty one, which cloudflared takes for "no tunnel" (e2e 9). */
function isTunnelId(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) && /[1-9a-f]/i.test(text);
}
