import { nameForeignSecret } from './foreign-secret.ts';
import { type Parsed, parsed, problem } from './result.ts';
import { Secret } from './secret.ts';
import { cleanPaste } from './token-paste.ts';
import { parseTunnelToken } from './tunnel-token.ts';

/** More than this is not read at all; a key has about 110 characters. */
const longestPaste = 65_536;

/** A key's beginning, its version, and enough behind it to be more than a hint such as `sk-ant-api03-R2D…igAA`. */
const whole = /^sk-ant-api\d{1,4}-[A-Za-z0-9_-]{20,}$/;

const whereToCopy =
  'Make one in the Console, in the workspace of the tunnel: Settings > API keys. It is shown once, when it is made.';

/**
 * Reads an Anthropic API key from whatever people paste: bare, quoted, wrapped over lines, as an
 * assignment or a header. Only its form is judged; whether it is good only the API knows. A problem
 * never holds a piece of what was pasted.
 */
export function parseApiKey(pasted: string): Parsed<Secret> {
  if (pasted.length > longestPaste) {
    return problem(
      `The paste is ${pasted.length} characters long; an API key has about 110. ${whereToCopy}`,
    );
  }
  const text = cleanPaste(pasted);
  if (text === '' || /^["'`\s]+$/.test(text))
    return problem(`The API key is empty. ${whereToCopy}`);
  const wrapped = wrappedKey(text);
  const found = new Set(wrapped === undefined ? keysIn(text) : [wrapped]);
  const good = [...found].filter((key) => whole.test(key));
  const [key] = good;
  if (good.length > 1)
    return problem(`The paste holds ${good.length} different API keys. Paste only the one to use.`);
  if (key !== undefined) return parsed(new Secret(key));
  if (found.size > 0) {
    return problem(
      `The API key is masked or cut off: too little follows its beginning (sk-ant-api…). ${whereToCopy}`,
    );
  }
  const foreign = parseTunnelToken(text).ok ? 'a tunnel token' : nameForeignSecret(text);
  if (foreign !== undefined) return problem(`This is ${foreign}, not an API key. ${whereToCopy}`);
  return problem(`This is not an API key: one begins with sk-ant-api. ${whereToCopy}`);
}

function keysIn(text: string): readonly string[] {
  return text.match(/sk-ant-api[A-Za-z0-9_-]*/g) ?? [];
}

/** A key that a terminal or a chat program broke into lines: nothing else stands there. */
function wrappedKey(text: string): string | undefined {
  const bare = text
    .replace(/^(?:export\s+)?ANTHROPIC_API_KEY\s*[=:]\s*/, '')
    .replaceAll(/["'`\\]/g, '');
  const lines = bare.trim().split(/\s*[\r\n]+\s*/);
  const isOne = lines.length > 1 && lines.every((line) => /^[A-Za-z0-9_-]+$/.test(line));
  const starts = lines.filter((line) => line.startsWith('sk-ant-'));
  return isOne && starts.length === 1 && starts[0] === lines[0] ? lines.join('') : undefined;
}
