import { Buffer } from 'node:buffer';
import { nameForeignSecret } from './foreign-secret.ts';
import { isPrintableAscii, jsonObjectEnd } from './json-object-end.ts';
import { type Parsed, parsed, problem } from './result.ts';
import { Secret } from './secret.ts';
import { damagedToken, readTokenContent, type TokenContent } from './token-content.ts';
import { cleanPaste, findTokenRuns, type TokenRun } from './token-paste.ts';

/** A tunnel token that was read and checked offline (facts 5.1). */
export interface TunnelToken extends TokenContent {
  /** The token in canonical form: standard alphabet, padded, nothing around it. What the file holds. */
  readonly secret: Secret;
  /** Tells two tokens apart without showing either: see `Secret.fingerprint`. */
  readonly fingerprint: string;
}

/** More than this is not read at all; a tunnel token has about 200 characters. */
export const longestTokenPaste = 65_536;

const whereToCopy =
  'Copy it in the Console: Manage > MCP tunnels > your tunnel > Connection > Token (eye icon), and paste the whole of it.';

/**
 * Reads a tunnel token from whatever people paste: bare, quoted, wrapped over lines, inside a
 * `cloudflared … --token …` or `docker run …` command, or as an assignment in shell, Compose or YAML.
 * The base64url alphabet and missing padding are accepted and brought to the canonical standard form;
 * the decoded bytes are kept as they are. Stricter than cloudflared, which accepts `{"a":"x"}` (e2e
 * 9): a, s and t must all be there and well-formed. Whether the vendor accepts it only a connection
 * shows. A problem never holds a piece of what was pasted.
 */
export function parseTunnelToken(pasted: string): Parsed<TunnelToken> {
  if (pasted.length > longestTokenPaste) {
    return problem(
      `The paste is ${pasted.length} characters long; a tunnel token has about 200, and more than ${longestTokenPaste} are not read. ${whereToCopy}`,
    );
  }
  const text = cleanPaste(pasted);
  if (text === '' || /^["'`\s]+$/.test(text))
    return problem(`The tunnel token is empty. ${whereToCopy}`);
  const control = /[^\P{Cc}\t\n\r]/u.exec(text);
  if (control !== null) {
    const code = (control[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return problem(
      `The paste holds control characters (U+${code} at position ${control.index + 1}), which no tunnel token has. ${whereToCopy}`,
    );
  }
  const runs = findTokenRuns(text);
  if (runs.length > 0) return chooseToken(text, runs);
  // Wrapped so narrowly that even the first three characters are apart.
  return chooseToken(text, findTokenRuns(text.replaceAll(/[\s\\]+/g, '')));
}

function chooseToken(text: string, runs: readonly TokenRun[]): Parsed<TunnelToken> {
  const tokens = new Map<string, TunnelToken>();
  const broken: { readonly run: TokenRun; readonly problem: string }[] = [];
  for (const run of runs) {
    const token = readRun(run);
    if (token.ok) tokens.set(token.value.secret.reveal(), token.value);
    else broken.push({ run, problem: token.problem });
  }
  const [first] = tokens.values();
  if (tokens.size > 1) {
    return problem(
      `The paste holds ${tokens.size} different tunnel tokens. Paste only the one to use.`,
    );
  }
  if (first !== undefined) {
    // A shortened copy of the same token beside it (a command and its echo) is no contradiction.
    const whole = first.secret.reveal();
    if (broken.every(({ run }) => whole.startsWith(run.pieces[0] ?? ''))) return parsed(first);
    return problem(
      'The paste holds a tunnel token and other text that begins like one. Paste only the tunnel token.',
    );
  }
  const foreign = nameForeignSecret(text) ?? nameForeignSecret(text.replaceAll(/\s+/g, ''));
  if (foreign !== undefined)
    return problem(`This is ${foreign}, not a tunnel token. ${whereToCopy}`);
  return problem(`${broken[0]?.problem ?? describeTextWithoutToken(text)} ${whereToCopy}`);
}

function readRun({ pieces, after }: TokenRun): Parsed<TunnelToken> {
  const joined = pieces.join('');
  const bytes = Buffer.from(joined, 'base64');
  const end = jsonObjectEnd(bytes);
  if (end === undefined) return problem(describeEndlessRun(bytes, after));
  const length = firstBoundary(pieces, Math.ceil((end * 8) / 6));
  const behind = Buffer.from(joined.slice(0, length), 'base64').subarray(end);
  if (length % 4 === 1 || !/^\s*$/.test(behind.toString('latin1'))) {
    return problem(
      'There are extra characters directly behind the end of the token (a second one?).',
    );
  }
  const token = bytes.subarray(0, end);
  const content = readTokenContent(token);
  if (!content.ok) return content;
  const secret = new Secret(token.toString('base64'));
  return parsed({ ...content.value, secret, fingerprint: secret.fingerprint });
}

function describeEndlessRun(bytes: Buffer, after: string): string {
  if (after.startsWith('*'))
    return 'The token is masked: asterisks stand where the rest of it should be.';
  if (after.startsWith('…') || after.startsWith('...')) {
    return 'The token is shortened: an ellipsis stands where the rest of it should be.';
  }
  if (!isPrintableAscii(bytes)) return damagedToken;
  return `The token is cut off: it begins like a tunnel token, but its end is missing after ${bytes.length} decoded bytes.`;
}

/** The end of the first piece that reaches `least` characters: a token ends where a word ends. */
function firstBoundary(pieces: readonly string[], least: number): number {
  let length = 0;
  for (const piece of pieces) {
    length += piece.length;
    if (length >= least) break;
  }
  return length;
}

function describeTextWithoutToken(text: string): string {
  if (/^\{\s*"[aste]"\s*:/.test(text)) {
    return 'This is the decoded content of a tunnel token; the token itself is its base64 form, which begins with eyJ.';
  }
  if (/--token-file\b/.test(text)) {
    return 'This command names a file with the token instead of holding it: give that file with --token-file FILE.';
  }
  if (/cloudflared|docker|TUNNEL_TOKEN|--token\b/i.test(text)) {
    return 'The paste holds a command or a setting, but no tunnel token in it: a tunnel token begins with eyJ.';
  }
  if (/^[*•●·.\s]+$/.test(text)) return 'The token is masked: reveal it before copying.';
  if (/^[A-Za-z0-9+/_=\s-]+$/.test(text)) {
    return 'This is not a tunnel token, or its beginning is missing: a tunnel token begins with eyJ.';
  }
  return 'This is not a tunnel token: a tunnel token is one run of letters and digits that begins with eyJ.';
}
