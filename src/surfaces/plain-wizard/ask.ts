import { type Block, type Fact, text } from '../../../screens/blocks/block.ts';
import { type Action, keyMap } from '../../../screens/key-map.ts';
import { cleanLine } from '../../domain/log-line.ts';
import { exposedSecret, exposureText } from './exposed-secret.ts';
import type { PlainFace } from './plain-face.ts';

/** A word that does something, beside those that every question takes. */
export interface Word {
  readonly does: string;
  /** What may follow it, for the list of words: `N`. */
  readonly takes?: string;
  /** Its key on the screens is understood, too: the pages' texts speak of it. */
  readonly action?: Action;
}

const everywhere = {
  back: { label: 'back', value: 'to the page before; nothing is lost' },
  outOfForm: { label: 'back', value: 'out of these questions' },
  quit: { label: 'quit', value: 'leaves, and says how to go on later' },
  help: { label: '?', value: 'this help' },
} as const satisfies Record<string, Fact>;

function helpText(help: string | undefined, words: readonly Fact[]): readonly Block[] {
  const rows = words.map(({ label, value }) => ({ label: `  ${label}`, value }));
  return [...(help === undefined ? [] : [text(help)]), { kind: 'facts', rows }];
}

/** Deals with the words that every question takes; undefined for any other line. */
function isCommon(
  face: PlainFace,
  line: string,
  common: { readonly help: readonly Block[]; readonly back: (() => void) | undefined },
): 'over' | 'again' | undefined {
  switch (line.trim().toLowerCase()) {
    case '?':
      face.show(common.help);
      return 'again';
    case 'quit':
      face.leave();
      return 'over';
    case 'back':
      if (!common.back) return undefined;
      common.back();
      return 'over';
    default:
      return undefined;
  }
}

export interface Asked {
  readonly label: string;
  /** What Enter takes. */
  readonly preset?: string | undefined;
  readonly help: string;
  readonly isSecret?: boolean;
  /** Why this is no answer. */
  readonly judge: (text: string) => string | undefined;
  /** Where `back` leads; default: out of the form, to whoever asked. */
  readonly back?: () => void;
}

/**
 * Asks until the answer is good. An empty text stands for what Enter takes. Undefined if there is no
 * answer: the way led back, or the wizard stops.
 */
export async function ask(face: PlainFace, asked: Asked): Promise<string | undefined> {
  const { label, preset, isSecret = false, judge, back } = asked;
  const shown = preset === undefined ? label : `${label} [${cleanLine(preset)}]`;
  const question = shown.endsWith('?') ? `${shown} ` : `${shown}: `;
  const enter = preset === undefined ? [] : [{ label: 'Enter', value: 'takes what stands in [ ]' }];
  const help = helpText(asked.help, [
    ...enter,
    back ? everywhere.back : everywhere.outOfForm,
    everywhere.quit,
    everywhere.help,
  ]);
  for (;;) {
    const line = await face.read(question, isSecret ? 'secret' : 'line');
    if (line === undefined) return undefined;
    const common = isCommon(face, line, { help, back: back ?? (() => undefined) });
    if (common === 'over') return undefined;
    if (common === 'again') continue;
    const answer = isSecret ? line : line.trim();
    if (answer.trim() === '' && preset !== undefined) return '';
    const problem = judge(answer);
    if (problem === undefined) return answer;
    face.show([
      { kind: 'finding', sign: 'fail', title: problem },
      ...(!isSecret && exposedSecret(answer) ? [exposureText] : []),
    ]);
  }
}

export interface Menu<W extends string> {
  /** What Enter does: `goes on`. */
  readonly enter: string;
  readonly words: Readonly<Partial<Record<W, Word>>>;
  readonly help?: string;
  /** Absent where there is no way back. */
  readonly back?: (() => void) | undefined;
}

export interface Choice<W extends string> {
  readonly word: W | 'Enter';
  /** What followed the word. */
  readonly rest: string;
}

type Words<W extends string> = Menu<W>['words'];

function entriesOf<W extends string>(words: Words<W>): readonly (readonly [string, Word])[] {
  return Object.entries<Word | undefined>(words).flatMap(([name, word]) =>
    word ? [[name, word] as const] : [],
  );
}

function isWord<W extends string>(text: string, words: Words<W>): text is W {
  return Object.hasOwn(words, text);
}

function chosen<W extends string>(line: string, words: Words<W>): Choice<W> | undefined {
  const [, typed = '', rest = ''] = /^(\S*)\s*(.*)$/u.exec(line.trim()) ?? [];
  const name = typed.toLowerCase();
  if (name === '') return { word: 'Enter', rest };
  if (isWord(name, words)) return { word: name, rest };
  for (const [word, { action }] of entriesOf(words))
    if (action && keyMap[action].shown === name && isWord(word, words)) return { word, rest };
  return undefined;
}

/** Lets a person choose what happens next by a word. Undefined if the way led back or out. */
export async function choose<W extends string>(
  face: PlainFace,
  { enter, words, help, back }: Menu<W>,
): Promise<Choice<W> | undefined> {
  const named = entriesOf(words).map(([word, { does, takes }]) => ({
    label: takes === undefined ? word : `${word} ${takes}`,
    value: does,
  }));
  const rest = [...(back ? [everywhere.back] : []), everywhere.quit, everywhere.help];
  const all = [...named, ...rest];
  const helpLines = helpText(help, [{ label: 'Enter', value: enter }, ...all]);
  const question = `Enter ${enter}; or type ${all.map(({ label }) => label).join(', ')}: `;
  for (;;) {
    const line = await face.read(question);
    if (line === undefined) return undefined;
    const common = isCommon(face, line, { help: helpLines, back });
    if (common === 'over') return undefined;
    if (common === 'again') continue;
    const choice = chosen(line, words);
    if (choice) return choice;
    const title = `That is none of the words here: ${all.map(({ label }) => label).join(', ')}.`;
    face.show([
      { kind: 'finding', sign: 'fail', title },
      ...(exposedSecret(line) ? [exposureText] : []),
    ]);
  }
}
