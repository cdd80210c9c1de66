import { StringDecoder } from 'node:string_decoder';
import { setImmediate } from 'node:timers/promises';
import type { LinePrompt } from '../surfaces/plain-wizard/line-prompt.ts';
import { suspendProcess } from '../surfaces/suspend-process.ts';
import { SecretInput, type SecretProgress } from './secret-input.ts';

/** What is needed of a terminal's input; without `setRawMode` it has no echo to switch off. */
export interface PromptInput extends NodeJS.ReadableStream {
  setRawMode?(mode: boolean): unknown;
}

export interface PromptOutput {
  write(text: string): unknown;
}

export interface TerminalPromptOptions {
  /** True to let the terminal mark pastes; false for `TERM=dumb`, which would show the sequence. */
  readonly markPastes: boolean;
  /** Does what Ctrl-C does where the terminal does not: while it shows no keys. */
  readonly interrupt?: () => void;
  /** The same for Ctrl-Z; resolves when the process goes on. */
  readonly suspend?: () => Promise<void>;
}

/** A paste that is longer than one read of the terminal goes on within this time after a line end. */
const pasteGapMs = 100;

const lineEnd = /\r\n?|\n/u;

function interruptProcess(): void {
  process.kill(process.pid, 'SIGINT');
}

/** One reader of the input for all questions, so that what was typed ahead is not lost between two. */
class TerminalPrompt implements LinePrompt {
  readonly #stdin: PromptInput;
  readonly #stdout: PromptOutput;
  readonly #options: TerminalPromptOptions;
  readonly #decoder = new StringDecoder('utf8');
  #unread = '';
  #ended = false;
  #listening = false;
  /** Looks whether the open question is answered. */
  #look: (() => void) | undefined;

  constructor(stdin: PromptInput, stdout: PromptOutput, options: TerminalPromptOptions) {
    this.#stdin = stdin;
    this.#stdout = stdout;
    this.#options = options;
  }

  async line(question: string, signal: AbortSignal): Promise<string | undefined> {
    const isAhead = await this.#readAhead();
    this.#stdout.write(question);
    const line = await this.#wait(signal, () => this.#nextLine());
    // A line that is typed brings its own line end to the screen.
    if (isAhead || line === undefined) this.#stdout.write('\n');
    return line;
  }

  async secret(question: string, signal: AbortSignal): Promise<string | undefined> {
    const isAhead = await this.#readAhead();
    this.#stdout.write(question);
    if (isAhead) {
      this.#stdout.write('\n');
      return this.#nextLine();
    }
    const input = new SecretInput();
    for (;;) {
      const progress = await this.#withoutEcho(() => this.#keys(input, signal));
      this.#stdout.write('\n');
      if (progress === 'entered') return input.answer;
      if (progress === 'interrupted') (this.#options.interrupt ?? interruptProcess)();
      if (progress !== 'suspended') return undefined;
      await (this.#options.suspend ?? suspendProcess)();
      this.#stdout.write(question);
    }
  }

  close(): void {
    this.#stdin.off('data', this.#take);
    for (const event of ['end', 'close', 'error']) this.#stdin.off(event, this.#end);
    this.#listening = false;
    this.#stdin.pause();
  }

  #listen(): void {
    if (this.#listening) return;
    for (const event of ['end', 'close', 'error']) this.#stdin.on(event, this.#end);
    this.#stdin.on('data', this.#take);
    this.#listening = true;
  }

  /**
   * Takes in what was typed before the question, as the lines it was typed in: without echo they would
   * be one text. True if there is a line.
   */
  async #readAhead(): Promise<boolean> {
    this.#listen();
    this.#stdin.resume();
    for (let before = -1; before !== this.#unread.length; ) {
      before = this.#unread.length;
      // One turn ends before the terminal is looked at, the next after that; it gives a line each time.
      await setImmediate();
      await setImmediate();
    }
    this.#stdin.pause();
    return lineEnd.test(this.#unread);
  }

  readonly #take = (chunk: string | Buffer): void => {
    this.#unread += typeof chunk === 'string' ? chunk : this.#decoder.write(chunk);
    this.#look?.();
  };

  readonly #end = (): void => {
    this.#ended = true;
    this.#look?.();
  };

  /** What `answer` finds, now or after more input; undefined at the input's end or by the signal. */
  #wait<T>(signal: AbortSignal, answer: () => T | undefined): Promise<T | undefined> {
    return new Promise((resolve) => {
      const finish = (found: T | undefined) => {
        signal.removeEventListener('abort', aborted);
        this.#look = undefined;
        this.#stdin.pause();
        resolve(found);
      };
      const aborted = () => finish(undefined);
      const look = () => {
        const found = answer();
        if (found !== undefined || this.#ended) finish(found);
      };
      if (signal.aborted) return finish(undefined);
      signal.addEventListener('abort', aborted, { once: true });
      this.#look = look;
      this.#listen();
      this.#stdin.resume();
      look();
    });
  }

  #nextLine(): string | undefined {
    const end = lineEnd.exec(this.#unread);
    if (!end) {
      if (!this.#ended || this.#unread === '') return undefined;
      return this.#takeUnread(this.#unread.length);
    }
    const line = this.#takeUnread(end.index);
    this.#takeUnread(end[0].length);
    return line;
  }

  #takeUnread(length: number): string {
    const taken = this.#unread.slice(0, length);
    this.#unread = this.#unread.slice(length);
    return taken;
  }

  async #keys(input: SecretInput, signal: AbortSignal): Promise<SecretProgress | undefined> {
    let progress: SecretProgress = 'open';
    let isComplete = false;
    let gap: NodeJS.Timeout | undefined;
    const found = await this.#wait(signal, () => {
      if (this.#unread !== '') {
        clearTimeout(gap);
        progress = input.feed(this.#takeUnread(this.#unread.length));
        if (progress === 'entered') {
          gap = setTimeout(
            () => {
              isComplete = true;
              this.#look?.();
            },
            input.marksPastes ? 0 : pasteGapMs,
          );
        }
      }
      if (progress === 'entered') return isComplete || this.#ended ? progress : undefined;
      return progress === 'open' ? undefined : progress;
    });
    clearTimeout(gap);
    return found;
  }

  /** The terminal shows no keys meanwhile, and does again whatever happens. */
  async #withoutEcho<T>(read: () => Promise<T>): Promise<T> {
    const { markPastes } = this.#options;
    const restore = () => {
      if (markPastes) this.#stdout.write('\u001b[?2004l');
      this.#stdin.setRawMode?.(false);
    };
    this.#stdin.setRawMode?.(true);
    if (markPastes) this.#stdout.write('\u001b[?2004h');
    process.once('exit', restore);
    try {
      return await read();
    } finally {
      process.off('exit', restore);
      restore();
    }
  }
}

/**
 * Questions on a terminal that edits and shows lines itself, as dumb terminals and screen readers
 * expect it; only secrets are read key by key, without echo.
 */
export function terminalPrompt(
  stdin: PromptInput,
  stdout: PromptOutput,
  options: TerminalPromptOptions,
): LinePrompt {
  return new TerminalPrompt(stdin, stdout, options);
}
