import { resolve } from 'node:path';
import { parseApiKey } from '../domain/api-key.ts';
import { asFailure, Failure } from '../domain/failure.ts';
import { defaultModel } from '../domain/messages-call.ts';
import { type Parsed, parsed, problem } from '../domain/result.ts';
import { Secret } from '../domain/secret.ts';
import type { Files } from '../ports/files.ts';
import type { VerifyRequest } from '../steps/verify/ports.ts';
import type { ParsedArgv } from './parse-argv.ts';
import type { World } from './world.ts';

/** A secret in a file is short; more is something else. */
const largestSecretFile = 65_536;

export const keyWays = {
  question: 'Which API key?',
  flag: '--api-key-file',
  env: 'ANTHROPIC_API_KEY',
} as const;

interface Sources {
  readonly argv: ParsedArgv;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the operator typed the command. */
  readonly cwd: string;
  readonly files: Pick<Files, 'readText'>;
}

function invalid(question: string, flag: string, why: string): Failure {
  return new Failure('answers-invalid', '1 answer is missing or invalid.', {
    missing: [{ question, problem: why, flag }],
    nextSteps: ['mcp-tunnel verify --help'],
  });
}

async function secretFile(files: Sources['files'], path: string): Promise<Parsed<string>> {
  try {
    const text = await files.readText(path, largestSecretFile);
    return text === undefined ? problem(`There is nothing at ${path}.`) : parsed(text);
  } catch (error) {
    const { code, summary, found } = asFailure(error);
    if (code !== 'file-unreadable') throw error;
    return problem(found === undefined ? summary : `${summary} ${found}.`);
  }
}

/**
 * The API key that was given by file or environment; undefined: none was.
 * @throws Failure `answers-invalid` for a file that cannot be read and for what is no API key.
 */
export async function givenKey({ argv, env, cwd, files }: Sources): Promise<Secret | undefined> {
  const [file] = argv.values.get('api-key-file') ?? [];
  const text = file === undefined ? env[keyWays.env] : await secretFile(files, resolve(cwd, file));
  if (text === undefined || text === '') return undefined;
  if (typeof text !== 'string' && !text.ok)
    throw invalid(keyWays.question, keyWays.flag, text.problem);
  const key = parseApiKey(typeof text === 'string' ? text : text.value);
  if (key.ok) return key.value;
  const way = file === undefined ? keyWays.env : keyWays.flag;
  throw invalid(keyWays.question, way, key.problem);
}

/** The Messages API with the key of the environment, where that is one and no other is given. */
export async function messagesWithKey(
  { messages }: Pick<World, 'messages'>,
  env: Sources['env'],
): ReturnType<World['messages']> {
  const given = await messages();
  const key = given.key ? undefined : parseApiKey(env[keyWays.env] ?? '');
  return key?.ok ? { ...given, key: key.value, keyFrom: keyWays.env } : given;
}

/** A token as it stands in a header, without `Bearer`. */
function parseAuthorization(text: string): Parsed<Secret> {
  const token = text.trim().replace(/^bearer\s+/i, '');
  if (token === '') return problem('The file is empty.');
  if (/[^!-~]/.test(token)) return problem('The file holds more than one token, or none.');
  return parsed(new Secret(token));
}

async function authorizations({ argv, cwd, files }: Sources): Promise<Map<string, Secret>> {
  const flag = '--authorization-file';
  const tokens = new Map<string, Secret>();
  for (const given of argv.values.get('authorization-file') ?? []) {
    const [, name = '', file = ''] = /^([^=]+)=(.+)$/su.exec(given) ?? [];
    const wrong = (why: string) => invalid(`Which token for ${name || 'the route'}?`, flag, why);
    if (name === '') throw wrong('Expected NAME=FILE: a route and a file with its token.');
    if (tokens.has(name)) throw wrong('It is given twice.');
    const text = await secretFile(files, resolve(cwd, file));
    const token = text.ok ? parseAuthorization(text.value) : text;
    if (!token.ok) throw wrong(token.problem);
    tokens.set(name, token.value);
  }
  return tokens;
}

/**
 * What the flags of `verify` ask for; tokens of servers are read from their files. A route that only
 * its token names is called.
 * @throws Failure `answers-invalid`.
 */
export async function verifyRequest(sources: Sources): Promise<VerifyRequest> {
  const { values } = sources.argv;
  const authorization = await authorizations(sources);
  const routes = values.get('route') ?? [];
  const model = values.get('model')?.[0] ?? defaultModel;
  if (!/^[\w.:@/-]{1,100}$/.test(model))
    throw invalid('Which model?', '--model', `That is no model’s name, such as ${defaultModel}.`);
  return {
    routes: routes.length > 0 ? routes : [...authorization.keys()],
    tool: values.get('tool')?.[0],
    model,
    authorization,
  };
}
