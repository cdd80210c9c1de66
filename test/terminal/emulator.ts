import headless, { type IBuffer } from '@xterm/headless';

/** What a program may have switched on in a terminal, and must have switched off when it leaves. */
export interface Modes {
  readonly alternateScreen: boolean;
  readonly cursorHidden: boolean;
  readonly bracketedPaste: boolean;
  readonly mouse: 'none' | 'x10' | 'vt200' | 'drag' | 'any';
  readonly focusEvents: boolean;
  readonly applicationCursorKeys: boolean;
  readonly synchronizedOutput: boolean;
  readonly wraparound: boolean;
}

/** A terminal as a shell wants it. */
export const saneModes: Modes = {
  alternateScreen: false,
  cursorHidden: false,
  bracketedPaste: false,
  mouse: 'none',
  focusEvents: false,
  applicationCursorKeys: false,
  synchronizedOutput: false,
  wraparound: true,
};

function rowsOf(buffer: IBuffer, from: number, to: number): readonly string[] {
  return Array.from({ length: to - from }, (_, index) =>
    (buffer.getLine(from + index)?.translateToString(true) ?? '').trimEnd(),
  );
}

/** A screen without a window: what has been written to it, as a person would see it. */
export class Emulator {
  readonly #terminal;
  #raw = '';
  #cursorHidden = false;

  /** `reply` gets what the terminal answers when a program asks it something. */
  constructor(columns: number, rows: number, reply: (data: string) => void) {
    this.#terminal = new headless.Terminal({
      cols: columns,
      rows,
      scrollback: 10_000,
      allowProposedApi: true,
    });
    this.#terminal.onData(reply);
    for (const final of ['h', 'l'])
      this.#terminal.parser.registerCsiHandler({ prefix: '?', final }, (params) => {
        if (params.includes(25)) this.#cursorHidden = final === 'l';
        return false;
      });
  }

  /** Calls back when `data` has arrived on the screen. */
  write(data: string, shown: () => void): void {
    this.#raw += data;
    this.#terminal.write(data, shown);
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
  }

  /** Hears the operating system commands with this number; their text follows the number. */
  onCommand(number: number, hear: (text: string) => void): void {
    this.#terminal.parser.registerOscHandler(number, (text) => {
      hear(text);
      return true;
    });
  }

  /** Everything ever written, escapes included. */
  get raw(): string {
    return this.#raw;
  }

  /** True between a frame's begin and end; a person sees the frame before it. */
  get drawing(): boolean {
    return this.#terminal.modes.synchronizedOutputMode;
  }

  /** One text for each row, without blanks at its end. */
  screen(): readonly string[] {
    const { active } = this.#terminal.buffer;
    return rowsOf(active, active.baseY, active.baseY + this.#terminal.rows);
  }

  /** The normal buffer from its first row, rows that were too long for the screen put together again. */
  scrollback(): string {
    const { normal } = this.#terminal.buffer;
    let text = '';
    for (let index = 0; index < normal.length; index++) {
      const line = normal.getLine(index);
      const goesOn = normal.getLine(index + 1)?.isWrapped === true;
      text += `${line?.translateToString(!goesOn) ?? ''}${goesOn ? '' : '\n'}`;
    }
    return `${text.trimEnd()}\n`;
  }

  modes(): Modes {
    const { modes, buffer } = this.#terminal;
    return {
      alternateScreen: buffer.active.type === 'alternate',
      cursorHidden: this.#cursorHidden,
      bracketedPaste: modes.bracketedPasteMode,
      mouse: modes.mouseTrackingMode,
      focusEvents: modes.sendFocusMode,
      applicationCursorKeys: modes.applicationCursorKeysMode,
      synchronizedOutput: modes.synchronizedOutputMode,
      wraparound: modes.wraparoundMode,
    };
  }

  /** The screen in a frame, for messages. */
  picture(): string {
    const { cols, rows } = this.#terminal;
    const { alternateScreen } = this.modes();
    const edge = '─'.repeat(cols);
    return [
      `${cols}x${rows}, ${alternateScreen ? 'alternate' : 'normal'} screen`,
      `┌${edge}`,
      ...this.screen().map((row) => `│${row}`),
      `└${edge}`,
    ].join('\n');
  }

  dispose(): void {
    this.#terminal.dispose();
  }
}
