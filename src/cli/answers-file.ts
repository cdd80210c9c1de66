import { dirname, resolve } from 'node:path';
import { type Document, parseDocument } from 'yaml';
import { Failure, type MissingAnswer } from '../domain/failure.ts';
import { nearest } from '../domain/nearest.ts';
import type { Question, RawAnswer } from '../questions/question.ts';

/** Keys of the stable answers file that belong to modes and features of other versions (design 8). */
const notYet = ['federation'] as const;

function fileProblem(path: string, summary: string, found: string): Failure {
  return new Failure('answers-invalid', summary, {
    found,
    nextSteps: [`Mend ${path}, then run the same command again.`],
  });
}

/** The document as plain data; an alias without its anchor, or aliases multiplied without end, show here. */
function plainData(path: string, document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw fileProblem(
      path,
      `${path} is not valid YAML.`,
      error instanceof Error ? error.message : String(error),
    );
  }
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Walks maps down to the keys of questions; a question that takes a map, or a map that holds itself, ends the walk. */
function* leaves(
  value: Record<string, unknown>,
  mapKeys: ReadonlySet<string>,
  prefix = '',
  above: readonly unknown[] = [],
): Generator<readonly [string, unknown]> {
  const path = [...above, value];
  for (const [name, child] of Object.entries(value)) {
    const key = prefix + name;
    const isBranch = isMap(child) && !mapKeys.has(key) && !path.includes(child);
    if (isBranch) yield* leaves(child, mapKeys, `${key}.`, path);
    else yield [key, child];
  }
}

/**
 * Raw answers of an answers file by question id. Paths in it count from the file's own folder.
 * @throws Failure `answers-invalid` for broken YAML, another version, unknown keys (all at once, each
 * with the nearest known key).
 */
export function readAnswersFile(
  path: string,
  text: string,
  questions: Readonly<Record<string, Question<unknown>>>,
): Readonly<Record<string, RawAnswer>> {
  const document = parseDocument(text, { prettyErrors: true });
  const [error] = document.errors;
  if (error)
    throw fileProblem(
      path,
      `${path} is not valid YAML.`,
      error.message.split('\n')[0] ?? error.message,
    );
  const value = plainData(path, document);
  if (!isMap(value))
    throw fileProblem(
      path,
      `${path} is not a map of answers.`,
      value === null ? 'nothing in it' : 'no map',
    );
  if (value['version'] !== 1) {
    throw fileProblem(
      path,
      `${path} does not say “version: 1”.`,
      value['version'] === undefined
        ? 'no version'
        : `version: ${String(value['version']).slice(0, 20)}`,
    );
  }
  const byKey = new Map(
    Object.entries(questions).map(([id, question]) => [question.key, { id, question }]),
  );
  const mapKeys = new Set(
    [...byKey].filter(([, { question }]) => question.shape === 'map').map(([key]) => key),
  );
  const answers: Record<string, RawAnswer> = {};
  const unknown: MissingAnswer[] = [];
  for (const [key, raw] of leaves(value, mapKeys)) {
    if (key === 'version' || raw === undefined || raw === null) continue;
    const known = byKey.get(key);
    const later = notYet.find((name) => key === name || key.startsWith(`${name}.`));
    if (known) {
      // YAML takes a file named 123 for a number.
      const isPath =
        known.question.shape === 'file' && (typeof raw === 'string' || typeof raw === 'number');
      const value = isPath ? resolve(dirname(path), String(raw)) : raw;
      answers[known.id] = { value, source: path };
    } else if (later) {
      unknown.push({
        question: key,
        key,
        problem: `${later} is not in this version; leave it out.`,
      });
    } else {
      const near = nearest(key, [...byKey.keys()]);
      unknown.push({
        question: key,
        key,
        problem: `There is no key ${key}.${near ? ` Did you mean ${near}?` : ''}`,
      });
    }
  }
  if (unknown.length > 0) {
    throw new Failure(
      'answers-invalid',
      `${path}: ${unknown.map((each) => each.problem).join(' ')}`,
      { missing: unknown, nextSteps: [`Mend ${path}, then run the same command again.`] },
    );
  }
  return answers;
}
