import { type Block, text } from '../../../../screens/blocks/block.ts';
import { pageLines } from '../../../../screens/blocks/block-lines.ts';
import type { LogEntry, TailView } from '../../../../screens/logs/log-entry.ts';
import {
  hasText,
  type LogFilter,
  servicesOf,
  wantedEntries,
} from '../../../../screens/logs/log-filter.ts';
import { shownLine } from '../../../../screens/parts/log-lines.ts';
import { consentBlocks, outcomeLines } from '../../../../screens/texts/logs-text.ts';
import type { PlainFace } from '../plain-face.ts';
import { wrapIndented } from '../plain-lines.ts';
import { type LogsWord, readLogsWord } from './logs-word.ts';

/** Of a line no more is told than so many rows hold. */
const mostRows = 20;

const help: readonly Block[] = [
  {
    kind: 'facts',
    rows: [
      ['Enter', 'goes back; out of a pause it goes on'],
      ['pause', 'tells nothing more until Enter'],
      ['container NAME', 'only its lines; container all: everybody’s'],
      ['level LEVEL', 'info, warning, error and worse; problems; all'],
      ['find TEXT', 'tells the lines that are kept and have it again'],
      ['save FILE', 'the lines that are kept, to a new file'],
      ['fix', 'does what the last known problem needs, after you agree'],
      ['quit', 'leaves'],
    ].map(([label = '', value = '']) => ({ label: `  ${label}`, value })),
  },
];

const keptProblem = ({ meaning }: LogEntry) => meaning?.remedy !== undefined;

/** The logs in lines: told as they come, and what can be typed meanwhile. */
class LogsTelling {
  readonly #face: PlainFace;
  #filter: LogFilter = { service: undefined, level: 'all' };
  /** Ids up to this one are told. */
  #told = -1;
  #outcome: TailView['outcome'];
  isQuiet = false;

  constructor(face: PlainFace) {
    this.#face = face;
  }

  get #tail(): TailView {
    return this.#face.state.tail;
  }

  #print(entry: LogEntry): void {
    const { width } = this.#face;
    const body = shownLine(entry.text, width * mostRows);
    const lines = [
      entry.kind === 'note' ? `-- ${entry.text}` : `${entry.service} | ${body}`,
      ...(entry.isExplained && entry.meaning
        ? [
            `  means: ${entry.meaning.cause}`,
            ...entry.meaning.fix.split('\n').map((fix) => `  fix: ${fix}`),
          ]
        : []),
    ];
    this.#face.print(
      lines
        .flatMap((line) => wrapIndented(line, width))
        .map((line) => [{ text: line, tone: 'plain' }]),
    );
  }

  /** What is new. */
  tell(): void {
    const { entries, outcome } = this.#tail;
    if (outcome !== this.#outcome) {
      this.#outcome = outcome;
      if (outcome) this.#face.print(outcomeLines(outcome, this.#face.width));
    }
    if (this.isQuiet) return;
    const first = entries.findLastIndex(({ id }) => id <= this.#told) + 1;
    const news = entries.slice(first);
    this.#told = entries.at(-1)?.id ?? this.#told;
    for (const entry of wantedEntries(news, this.#filter)) this.#print(entry);
  }

  async do(word: LogsWord): Promise<void> {
    const { wizard } = this.#face;
    const wanted = wantedEntries(this.#tail.entries, this.#filter);
    switch (word.word) {
      case 'help':
        return this.#face.show(help);
      case 'unknown':
        return this.#face.show([{ kind: 'finding', sign: 'fail', title: word.problem }, ...help]);
      case 'pause':
        wizard.besides.tail.hold('paused');
        this.isQuiet = true;
        return this.#face.show([text('Paused; the engine keeps what comes. Enter goes on.')]);
      case 'filter': {
        this.#filter = { ...this.#filter, ...word.filter };
        const { service } = this.#filter;
        const names = servicesOf(this.#tail.entries);
        if (service !== undefined && !names.includes(service))
          this.#face.show([text(`No line of ${service} yet; there are: ${names.join(', ')}.`)]);
        return;
      }
      case 'find': {
        const found = wanted.filter((entry) => hasText(entry, word.text));
        for (const entry of found) this.#print(entry);
        return this.#face.show([text(`${found.length} of ${wanted.length} lines have it.`)]);
      }
      case 'save':
        return wizard.besides.logActs.save(word.path, wanted);
      case 'fix':
        return this.#fix(wanted.findLast(keptProblem));
      case 'back':
      case 'quit':
    }
  }

  async #fix(entry: LogEntry | undefined): Promise<void> {
    const { meaning } = entry ?? {};
    if (!meaning?.remedy) {
      this.#face.show([text('No known problem that a command of ours could mend.')]);
      return;
    }
    const { wizard } = this.#face;
    this.isQuiet = true;
    const question = consentBlocks(meaning, wizard.besides.logActs.commandOf(meaning.remedy)).slice(
      0,
      -1,
    );
    this.#face.print(pageLines(question, this.#face.width));
    const answer = await this.#face.read('Run this? Type yes; anything else leaves it: ');
    this.isQuiet = false;
    if (answer?.trim().toLowerCase() === 'yes') wizard.fix(meaning.remedy);
    else this.tell();
  }
}

/** The containers' logs as they are written, until Enter. */
export async function logsPage(face: PlainFace): Promise<void> {
  const { wizard } = face;
  face.heading('logs');
  face.show([
    text(
      'All containers, as their lines come. Enter goes back; quit leaves; ? says what else can be typed.',
    ),
  ]);
  const telling = new LogsTelling(face);
  const stop = face.watch(() => telling.tell());
  telling.tell();
  try {
    while (face.state.page === 'logs') {
      const line = await face.read('');
      if (line === undefined) return;
      const word = readLogsWord(line);
      if (word.word === 'quit') return face.leave();
      if (word.word !== 'back') await telling.do(word);
      else if (telling.isQuiet) {
        telling.isQuiet = false;
        wizard.besides.tail.hold('following');
        telling.tell();
      } else wizard.back();
    }
  } finally {
    stop();
  }
}
