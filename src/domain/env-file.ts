import { type EnvStatement, readEnvStatements } from './env-statements.ts';
import { Failure } from './failure.ts';
import { Secret } from './secret.ts';

/** The variables we keep in `.env`. A key that is absent is left alone; one that is undefined is removed. */
export interface EnvFileChanges {
  readonly COMPOSE_PROJECT_NAME?: string | undefined;
  readonly TUNNEL_TOKEN?: Secret | undefined;
}

const name = '.env';
const comments: Readonly<Record<keyof EnvFileChanges, string>> = {
  COMPOSE_PROJECT_NAME:
    '# Written by mcp-tunnel: the name under which Compose finds the containers of this folder.',
  TUNNEL_TOKEN: '# Written by mcp-tunnel: docker-compose.yaml passes it to cloudflared.',
};

/**
 * Sets or removes single variables of `.env` and keeps every other line byte for byte. A variable
 * that is there more than once is left once, so that no old token stays behind. The whole text is a
 * secret, since it may hold the token; it is empty where no such file is needed.
 * @throws Failure `file-malformed` for a quote that is never closed.
 */
export function planEnvFile(
  existing: string | Secret | undefined,
  changes: EnvFileChanges,
): Secret {
  let text = existing instanceof Secret ? existing.reveal() : (existing ?? '');
  for (const variable of ['COMPOSE_PROJECT_NAME', 'TUNNEL_TOKEN'] as const) {
    if (!Object.hasOwn(changes, variable)) continue;
    const wanted = changes[variable];
    const value = wanted instanceof Secret ? wanted.reveal() : wanted;
    text = value === undefined ? without(text, variable) : withValue(text, variable, value);
  }
  return new Secret(text);
}

/**
 * The value of a variable that is no secret; of several the last counts. Empty counts as not there.
 * @throws Failure `file-malformed` for a quote that is never closed.
 */
export function readEnvValue(
  text: string | Secret | undefined,
  variable: Exclude<keyof EnvFileChanges, 'TUNNEL_TOKEN'>,
): string | undefined {
  return lastValue(text, variable);
}

/** The token in a `.env` file, under the same rules. */
export function readEnvToken(text: string | Secret | undefined): Secret | undefined {
  const value = lastValue(text, 'TUNNEL_TOKEN');
  return value === undefined ? undefined : new Secret(value);
}

function lastValue(text: string | Secret | undefined, variable: string): string | undefined {
  const found = find(text instanceof Secret ? text.reveal() : (text ?? ''), variable).at(-1)?.value;
  return found === '' ? undefined : found;
}

function withValue(text: string, variable: keyof EnvFileChanges, value: string): string {
  const found = find(text, variable);
  const last = found.at(-1);
  if (last === undefined) {
    const br = text.includes('\r\n') ? '\r\n' : '\n';
    const start = text === '' || text.endsWith('\n') ? text : text + br;
    return `${start}${comments[variable]}${br}${variable}=${quote(variable, value)}${br}`;
  }
  const set =
    last.value === value
      ? text
      : text.slice(0, last.valueStart) + quote(variable, value) + text.slice(last.valueEnd);
  return found
    .slice(0, -1)
    .reduceRight((rest, old) => rest.slice(0, old.start) + rest.slice(old.end), set);
}

function without(text: string, variable: keyof EnvFileChanges): string {
  return find(text, variable).reduceRight((rest, { start, end }) => {
    const above = rest.lastIndexOf('\n', start - 2) + 1;
    const ours = rest.slice(above, start).trimEnd() === comments[variable];
    return rest.slice(0, ours ? above : start) + rest.slice(end);
  }, text);
}

function find(text: string, variable: string): readonly EnvStatement[] {
  const statements = readEnvStatements(text);
  if (statements.ok) return statements.value.filter((statement) => statement.name === variable);
  throw new Failure('file-malformed', `${name}, ${statements.problem}`, {
    expected: 'NAME=value on each line',
    nextSteps: [`Correct ${name}, then run the same command again.`],
  });
}

/** Both versions of Compose take single-quoted text as it is, `$` included. */
function quote(variable: string, value: string): string {
  if (/^[A-Za-z0-9_./+=@:-]+$/.test(value)) return value;
  if (/^[^'\\\p{Cc}]*$/u.test(value)) return `'${value}'`;
  throw new Error(`${variable} holds characters that ${name} cannot`);
}
