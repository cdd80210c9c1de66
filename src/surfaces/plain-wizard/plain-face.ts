import { type Block, gap, type Line, span } from '../../../screens/blocks/block.ts';
import { wrapText } from '../../../screens/blocks/block-lines.ts';
import { type PageId, placeOf } from '../../../screens/views.ts';
import { printLines } from '../print-lines.ts';
import type { Style } from '../style.ts';
import type { Write } from '../surface.ts';
import type { Wizard } from '../wizard/wizard.ts';
import type { WizardState } from '../wizard/wizard-state.ts';
import type { LinePrompt } from './line-prompt.ts';
import { plainLines } from './plain-lines.ts';
import { RunRecord } from './run-record.ts';

export interface PlainFaceOptions {
  readonly wizard: Wizard;
  readonly prompt: LinePrompt;
  readonly write: Write;
  readonly style: Style;
  /** Longest line that is printed, in cells. */
  readonly width: number;
  /** Puts a text into the terminal's clipboard; absent where that cannot be. */
  readonly copy?: (text: string) => void;
}

/** The wizard in lines: what its pages print and ask through. */
export class PlainFace {
  readonly wizard: Wizard;
  readonly run: RunRecord;
  readonly width: number;
  readonly copy: ((text: string) => void) | undefined;
  readonly #prompt: LinePrompt;
  readonly #write: Write;
  readonly #style: Style;
  readonly #over = new AbortController();
  /** Asked whenever something has changed. */
  readonly #watchers = new Set<() => void>();
  #ended = false;

  constructor({ wizard, prompt, write, style, width, copy }: PlainFaceOptions) {
    this.wizard = wizard;
    this.width = width;
    this.copy = copy;
    this.#prompt = prompt;
    this.#write = write;
    this.#style = style;
    this.run = new RunRecord(() => this.#changed());
    wizard.store.subscribe(() => this.#changed());
    void wizard.ended.then(() => {
      this.#ended = true;
      this.#over.abort();
      this.#changed();
    });
  }

  get state(): WizardState {
    return this.wizard.state;
  }

  /** True once nothing is to be asked any more: the wizard has ended, or stops. */
  get over(): boolean {
    return this.#over.signal.aborted;
  }

  /** Stops the wizard, at the next step edge of a run; a question that is open ends unanswered. */
  leave(): void {
    if (this.over) return;
    this.#over.abort();
    this.#changed();
    void this.wizard.leave();
  }

  /** Says where we are. */
  heading(page: PageId): void {
    const { title, step, of } = placeOf(page, this.state.way);
    const place = step === undefined ? title : `Step ${step} of ${of}: ${title}`;
    const rehearsal = this.wizard.settings.rehearsal ? ' (rehearsal)' : '';
    this.show([gap, { kind: 'heading', text: place + rehearsal }, gap]);
  }

  show(blocks: readonly Block[]): void {
    this.print(plainLines(blocks, this.width));
  }

  print(lines: readonly Line[]): void {
    if (lines.length > 0) this.#write(printLines(lines, this.#style));
  }

  /** The line that a person typed; undefined if nobody is there any more: then the wizard stops. */
  async read(question: string, kind: 'line' | 'secret' = 'line'): Promise<string | undefined> {
    if (this.over) return undefined;
    const rows = wrapText(question.trimEnd(), this.width);
    this.print(rows.slice(0, -1).map((row) => [span(row)]));
    const last = `${rows.at(-1) ?? ''}${question.endsWith(' ') ? ' ' : ''}`;
    const text = await this.#prompt[kind](last, this.#over.signal);
    if (text === undefined) this.leave();
    return this.over ? undefined : text;
  }

  /** Resolves as soon as it holds, or the wizard has ended. */
  until(holds: (state: WizardState) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!this.#ended && !holds(this.state)) return;
        this.#watchers.delete(look);
        resolve();
      };
      this.#watchers.add(look);
      look();
    });
  }

  /** Calls back after every change; returns what ends that. */
  watch(changed: () => void): () => void {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  }

  #changed(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }
}
