import { resolve } from 'node:path';
import { asFailure, Failure } from '../domain/failure.ts';
import type { Files } from '../ports/files.ts';
import type { Question, RawAnswer, RawAnswers } from '../questions/question.ts';
import { readAnswersFile } from './answers-file.ts';
import type { ParsedArgv } from './parse-argv.ts';

/** A secret file larger than this holds something else. */
const largestSecretFile = 4 * 1024 * 1024;
const largestAnswersFile = 4 * 1024 * 1024;

export interface AnswerSources {
  readonly argv: ParsedArgv;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the operator typed the command. */
  readonly cwd: string;
  readonly files: Files;
  /** `.mcp-tunnel/answers.yaml` of the deployment. */
  readonly stored: string;
  /** What its own files say, where that counts more than what was stored, or nothing is. */
  readonly onDisk?: () => Promise<RawAnswers>;
  readonly readStdin: () => Promise<string>;
}

type Questions = Readonly<Record<string, Question<unknown>>>;

/** Secrets are given as a file that holds them (flag, answers file) or as text (environment, stdin). */
const secretIds = ['token', 'caPassphrase'] as const;

function fromFlags(questions: Questions, { argv, cwd }: AnswerSources): Record<string, RawAnswer> {
  const answers: Record<string, RawAnswer> = {};
  for (const [id, question] of Object.entries(questions)) {
    const source = `--${question.flag}`;
    const on = argv.switches.get(question.flag);
    const given = argv.values.get(question.flag);
    if (question.shape === 'boolean' && on !== undefined) answers[id] = { value: on, source };
    if (given === undefined) continue;
    if (question.shape === 'list' || question.shape === 'map')
      answers[id] = { value: given, source };
    else
      answers[id] = {
        value: question.shape === 'file' ? resolve(cwd, given[0] ?? '') : given[0],
        source,
      };
  }
  return answers;
}

function fromEnvironment(
  questions: Questions,
  { env, cwd }: AnswerSources,
): { answers: Record<string, RawAnswer>; texts: Record<string, RawAnswer> } {
  const answers: Record<string, RawAnswer> = {};
  const texts: Record<string, RawAnswer> = {};
  for (const [id, question] of Object.entries(questions)) {
    const value = env[question.env];
    if (value === undefined || value === '') continue;
    if (secretIds.some((secret) => secret === id)) texts[id] = { value, source: question.env };
    else
      answers[id] = {
        value: question.shape === 'file' ? resolve(cwd, value) : value,
        source: question.env,
      };
  }
  return { answers, texts };
}

async function answersFile(
  questions: Questions,
  files: Files,
  path: string,
  required: boolean,
): Promise<Readonly<Record<string, RawAnswer>>> {
  const nextSteps = [`ls -l ${path}`, 'Paths count from the directory you typed the command in.'];
  const text = await files.readText(path, largestAnswersFile).catch((error: unknown) => {
    const { summary, found } = asFailure(error);
    throw new Failure('answers-file-unreadable', summary, {
      nextSteps,
      cause: error,
      ...(found === undefined ? {} : { found }),
    });
  });
  if (text !== undefined) return readAnswersFile(path, text, questions);
  if (!required) return {};
  throw new Failure('answers-file-unreadable', `There is no answers file ${path}.`, { nextSteps });
}

/** The text of a secret that was given as a path; what is wrong with the path is a problem of the answer. */
async function secretText(files: Files, answer: RawAnswer): Promise<RawAnswer> {
  const path = answer.value;
  if (typeof path !== 'string') return { ...answer, problem: 'Expected the path of a file.' };
  const source = `${answer.source} (${path})`;
  const unusable = (problem: string): RawAnswer => ({ value: undefined, source, problem });
  try {
    const stat = await files.stat(path);
    if (!stat) return unusable(`There is nothing at ${path}.`);
    if (stat.size > largestSecretFile)
      return unusable(`The file is too large to be a secret: ${stat.size} bytes.`);
    return { value: (await files.readText(path, largestSecretFile)) ?? '', source };
  } catch (error) {
    const { code, summary, found } = asFailure(error);
    if (code !== 'file-unreadable') throw error;
    return unusable(found === undefined ? summary : `${summary} ${found}.`);
  }
}

/**
 * Everything that was answered, by question id: flags beat the environment, that beats the answers
 * file, that beats what the deployment's own files say, that beats what it was told before.
 */
export async function gatherAnswers(
  questions: Questions,
  sources: AnswerSources,
): Promise<RawAnswers> {
  const { argv, cwd, files } = sources;
  const remembered = await answersFile(questions, files, sources.stored, false);
  const stored = Object.fromEntries(
    Object.entries(remembered).map(([id, answer]) => [id, { ...answer, stored: true as const }]),
  );
  const path = argv.values.get('answers')?.[0];
  const given =
    path === undefined ? {} : await answersFile(questions, files, resolve(cwd, path), true);
  const environment = fromEnvironment(questions, sources);
  const flags = fromFlags(questions, sources);
  const paths: Record<string, RawAnswer> = {
    ...stored,
    ...(await sources.onDisk?.()),
    ...given,
    ...environment.answers,
    ...flags,
  };
  const answers: Record<string, RawAnswer> = { ...paths };
  for (const id of secretIds) {
    const byFlag = flags[id];
    const byText = environment.texts[id];
    const byFile = paths[id];
    if (byFlag) answers[id] = await secretText(files, byFlag);
    else if (byText) answers[id] = byText;
    else if (byFile) answers[id] = await secretText(files, byFile);
  }
  if (argv.switches.get('token-stdin')) {
    if (flags['token'])
      throw new Failure('usage', '--token-file and --token-stdin are both given.', {
        nextSteps: ['Give one of them.'],
      });
    answers['token'] = { value: await sources.readStdin(), source: '--token-stdin' };
  }
  return answers;
}
