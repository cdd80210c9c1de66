/** When the engine says that a record was written; `nanos` counts from the millisecond on. */
export interface Stamp {
  readonly at: Date;
  readonly nanos: number;
}

/** `2026-11-24T02:25:44.903841014+02:00` is 35 bytes. */
export const longestStamp = 40;

const zero = 0x30;
const space = 0x20;
const dot = 0x2e;
const capitalZ = 0x5a;
/** `2026-11-24T02:25:44`, and all of `2026-11-24T02:25:44.903841014Z`: how engines write it. */
const secondLength = 19;
const usualLength = 30;

const pattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d{1,3})(\d{1,6})?\d*)?(?:Z|[+-]\d\d:\d\d)$/;

/** Reads stamps; one reader for each stream, because what it has read makes the next one cheap. */
export class StampReader {
  #second = '';
  #secondMs = 0;

  /** Any stamp at all; undefined for any other text. */
  read(text: string): Stamp | undefined {
    const found = pattern.exec(text);
    if (!found) return undefined;
    const [, , below] = found;
    const at = new Date(text);
    if (Number.isNaN(at.getTime())) return undefined;
    return { at, nanos: below ? Number(below.padEnd(6, '0')) : 0 };
  }

  /** The stamp at this place, with the space behind it, if it is written as engines do; else undefined. */
  readUsual(bytes: Buffer, from: number): Stamp | undefined {
    if (bytes[from + usualLength] !== space || bytes[from + usualLength - 1] !== capitalZ)
      return undefined;
    if (bytes[from + secondLength] !== dot) return undefined;
    const nanos = this.#digits(bytes, from + secondLength + 1, usualLength - secondLength - 2);
    const second = bytes.toString('latin1', from, from + secondLength);
    if (nanos === undefined) return undefined;
    if (second !== this.#second) {
      const read = this.read(`${second}Z`);
      if (!read) return undefined;
      this.#second = second;
      this.#secondMs = read.at.getTime();
    }
    const ms = Math.trunc(nanos / 1e6);
    return { at: new Date(this.#secondMs + ms), nanos: nanos - ms * 1e6 };
  }

  #digits(bytes: Buffer, from: number, length: number): number | undefined {
    let number = 0;
    for (let index = from; index < from + length; index += 1) {
      const digit = (bytes[index] ?? 0) - zero;
      if (digit < 0 || digit > 9) return undefined;
      number = number * 10 + digit;
    }
    return number;
  }
}

/** Bytes of a usual stamp and the space behind it. */
export const usualStamp = usualLength + 1;
