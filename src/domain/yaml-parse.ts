import { type Node, parseDocument } from 'yaml';
import { Failure } from './failure.ts';

export interface ParsedYaml {
  readonly contents: Node | null;
  /** Plain data with aliases and merge keys resolved; keys are text as written. */
  readonly data: unknown;
}

/**
 * Reads one YAML document as Compose and the proxy do: merge keys (`<<`) apply, keys are text. `name`
 * is the file as the operator knows it.
 * @throws Failure `file-malformed` naming the line. Never quotes the file: it may hold a token.
 */
export function parseYaml(name: string, text: string): ParsedYaml {
  try {
    const document = parseDocument(text, { merge: true, stringKeys: true });
    const [error] = document.errors;
    if (error !== undefined) {
      const line = error.linePos?.[0].line;
      const what =
        error.code === 'MULTIPLE_DOCS'
          ? 'a second document starts here'
          : (error.message.split(/ at line \d|\n/)[0] ?? error.code);
      throw malformed(name, line, what);
    }
    return { contents: document.contents, data: document.toJS() };
  } catch (error) {
    if (error instanceof Failure) throw error;
    // An alias without its anchor, aliases multiplied without end, nesting deeper than the stack.
    throw malformed(name, undefined, 'its anchors or nesting cannot be followed', error);
  }
}

function malformed(name: string, line: number | undefined, what: string, cause?: unknown): Failure {
  const place = line === undefined ? name : `${name}, line ${line}`;
  return new Failure('file-malformed', `${place}: not valid YAML: ${what}`, {
    expected: 'one YAML document, indented with spaces',
    nextSteps: [
      `Correct ${place}, or move the file away to have a new one written, then run the same command again.`,
    ],
    ...(cause === undefined ? {} : { cause }),
  });
}
