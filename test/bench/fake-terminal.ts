import { Readable, Writable } from 'node:stream';

/** Ink's marks around a frame, on terminals that may draw it all at once. */
const [begin, end] = ['\u001b[?2026h', '\u001b[?2026l'];

/** A frame that takes longer is not coming. */
const patienceMs = 2_000;

/** A terminal of 80 × 24 that takes what is written at once, and tells when a frame is complete. */
export class FakeTerminal {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly #keys = new Readable({ read: () => undefined });
  /** Drawn so far. */
  frames = 0;
  #drawn = false;
  #onFrame: () => void = () => undefined;

  constructor() {
    const screen = new Writable({
      decodeStrings: false,
      write: (text: string, _, done) => {
        this.#take(text);
        done();
      },
    });
    const input = { isTTY: true, setRawMode: () => input, ref: () => input, unref: () => input };
    // Of a terminal's streams the wizard uses nothing that these do not have.
    this.stdin = Object.assign(this.#keys, input) as unknown as NodeJS.ReadStream;
    const size = { isTTY: true, columns: 80, rows: 24 };
    this.stdout = Object.assign(screen, size) as unknown as NodeJS.WriteStream;
  }

  #take(text: string): void {
    if (text === end && this.#drawn) {
      this.#drawn = false;
      this.frames += 1;
      this.#onFrame();
    } else if (text !== begin && text !== end) this.#drawn = true;
  }

  /** Does something; resolves at the end of the first frame that follows. */
  frameAfter(act: () => void, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no frame after ${what}`)), patienceMs);
      this.#onFrame = () => {
        clearTimeout(timer);
        this.#onFrame = () => undefined;
        resolve();
      };
      this.#drawn = false;
      act();
    });
  }

  /** The bytes of a key arrive. */
  send(bytes: string): void {
    this.#keys.push(bytes);
  }
}
