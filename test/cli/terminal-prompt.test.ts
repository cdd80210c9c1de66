import { PassThrough } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type TerminalPromptOptions, terminalPrompt } from '../../src/cli/terminal-prompt.ts';

/** A terminal's two streams, and in order what was done to it. */
class FakeTerminal extends PassThrough {
  isRaw = false;
  readonly done: string[] = [];

  setRawMode(mode: boolean): this {
    this.isRaw = mode;
    this.done.push(mode ? 'raw' : 'cooked');
    return this;
  }

  readonly stdout = { write: (text: string) => this.done.push(text) };
}

const never = new AbortController().signal;

function open(options: Partial<TerminalPromptOptions> = {}) {
  const terminal = new FakeTerminal();
  const prompt = terminalPrompt(terminal, terminal.stdout, { markPastes: false, ...options });
  return { terminal, prompt, done: terminal.done };
}

async function whenRaw(terminal: FakeTerminal): Promise<void> {
  await expect.poll(() => terminal.isRaw).toBe(true);
}

describe('a line', () => {
  test('is asked for and given without its end', async () => {
    const { terminal, prompt, done } = open();
    const line = prompt.line('Name: ', never);
    await expect.poll(() => done).toEqual(['Name: ']);
    terminal.write('wi');
    terminal.write('ki\n');
    expect(await line).toBe('wiki');
    expect(done).toEqual(['Name: ']);
  });

  test('leaves what was typed ahead to the next questions', async () => {
    const { terminal, prompt, done } = open();
    terminal.write('one\ntwo\r\n\nfo');
    expect(await prompt.line('1: ', never)).toBe('one');
    expect(await prompt.line('2: ', never)).toBe('two');
    expect(await prompt.line('3: ', never)).toBe('');
    const fourth = prompt.line('4: ', never);
    await expect.poll(() => done).toContain('4: ');
    terminal.write('ur\n');
    expect(await fourth).toBe('four');
    // The terminal has shown their line ends when they were typed, not below the questions.
    expect(done).toEqual(['1: ', '\n', '2: ', '\n', '3: ', '\n', '4: ']);
  });

  test('keeps what was typed ahead over a close', async () => {
    const { terminal, prompt } = open();
    terminal.write('one\ntwo\n');
    expect(await prompt.line('', never)).toBe('one');
    prompt.close();
    expect(terminal.listenerCount('data')).toBe(0);
    terminal.write('three\n');
    expect(await prompt.line('', never)).toBe('two');
    expect(await prompt.line('', never)).toBe('three');
  });

  test('puts characters together that arrive in pieces', async () => {
    const { terminal, prompt } = open();
    const line = prompt.line('', never);
    const bytes = Buffer.from('日本\n');
    terminal.write(bytes.subarray(0, 2));
    await delay(1);
    terminal.write(bytes.subarray(2));
    expect(await line).toBe('日本');
  });

  test('at the end of the input is what was typed, then none', async () => {
    const { terminal, prompt, done } = open();
    terminal.end('last');
    expect(await prompt.line('1: ', never)).toBe('last');
    expect(await prompt.line('2: ', never)).toBeUndefined();
    expect(await prompt.secret('3: ', never)).toBeUndefined();
    expect(done.slice(0, 3)).toEqual(['1: ', '2: ', '\n']);
  });

  test('is none when the terminal is gone', async () => {
    const { terminal, prompt } = open();
    const line = prompt.line('', never);
    terminal.destroy(new Error('EIO'));
    expect(await line).toBeUndefined();
  });

  test('is none when the wait is aborted, before or meanwhile', async () => {
    const { terminal, prompt, done } = open();
    const stop = new AbortController();
    const line = prompt.line('1: ', stop.signal);
    stop.abort();
    expect(await line).toBeUndefined();
    expect(await prompt.line('2: ', stop.signal)).toBeUndefined();
    expect(done).toEqual(['1: ', '\n', '2: ', '\n']);
    terminal.write('kept\n');
    expect(await prompt.line('3: ', never)).toBe('kept');
  });

  test('is not read for before it is asked for', async () => {
    const { terminal, prompt } = open();
    const first = prompt.line('', never);
    terminal.write('one\n');
    await first;
    expect(terminal.isPaused()).toBe(true);
  });
});

describe('a secret', () => {
  test('is read without echo, with pastes marked', async () => {
    const { terminal, prompt, done } = open({ markPastes: true });
    const secret = prompt.secret('Token: ', never);
    await whenRaw(terminal);
    terminal.write('\u001b[200~a\rb\u001b[201~');
    terminal.write('\r');
    expect(await secret).toBe('a\rb');
    expect(done).toEqual([...['Token: ', 'raw', '\u001b[?2004h', '\u001b[?2004l', 'cooked', '\n']]);
  });

  test('writes no sequence to a dumb terminal', async () => {
    const { terminal, prompt, done } = open();
    const secret = prompt.secret('Token: ', never);
    await whenRaw(terminal);
    terminal.write('abc\r');
    expect(await secret).toBe('abc');
    expect(done).toEqual(['Token: ', 'raw', 'cooked', '\n']);
  });

  test('that is pasted over lines in pieces never reaches the next question', async () => {
    const { terminal, prompt, done } = open();
    const secret = prompt.secret('Token: ', never);
    await whenRaw(terminal);
    terminal.write('first\r');
    await delay(20);
    expect(terminal.isRaw).toBe(true);
    terminal.write('second\r');
    expect(await secret).toBe('first\rsecond');
    const next = prompt.line('Next: ', never);
    terminal.write('typed\n');
    expect(await next).toBe('typed');
    expect(done.join('')).not.toContain('second');
  });

  test('that was typed ahead is the line it was typed as', async () => {
    const { terminal, prompt, done } = open();
    for (const line of ['domain\n', 'token\n', 'next\n']) terminal.write(line);
    expect(await prompt.line('', never)).toBe('domain');
    expect(await prompt.secret('', never)).toBe('token');
    expect(await prompt.line('', never)).toBe('next');
    terminal.write('token\n');
    terminal.write('next\n');
    expect(await prompt.secret('', never)).toBe('token');
    expect(await prompt.line('', never)).toBe('next');
    expect(done).not.toContain('raw');
  });

  test('Ctrl-C interrupts, with the terminal as it was', async () => {
    const interrupted: boolean[] = [];
    const { terminal, prompt } = open({ interrupt: () => interrupted.push(terminal.isRaw) });
    const secret = prompt.secret('', never);
    await whenRaw(terminal);
    terminal.write('abc\u0003');
    expect(await secret).toBeUndefined();
    expect(interrupted).toEqual([false]);
  });

  test('Ctrl-Z suspends, with the terminal as it was, and goes on', async () => {
    const suspended: boolean[] = [];
    const { terminal, prompt, done } = open({
      suspend: async () => void suspended.push(terminal.isRaw),
    });
    const secret = prompt.secret('Token: ', never);
    await whenRaw(terminal);
    terminal.write('ab\u001a');
    await expect.poll(() => done.filter((each) => each === 'raw')).toHaveLength(2);
    terminal.write('c\r');
    expect(await secret).toBe('abc');
    expect(suspended).toEqual([false]);
    expect(done.filter((each) => each === 'Token: ')).toHaveLength(2);
  });

  test.each([
    ['Ctrl-D', (terminal: FakeTerminal) => void terminal.write('\u0004')],
    ['the end of the input', (terminal: FakeTerminal) => void terminal.end()],
    ['a terminal that is gone', (terminal: FakeTerminal) => void terminal.destroy()],
  ])('%s gives none, with the terminal as it was', async (_name, happen) => {
    const { terminal, prompt } = open();
    const secret = prompt.secret('', never);
    await whenRaw(terminal);
    happen(terminal);
    expect(await secret).toBeUndefined();
    expect(terminal.isRaw).toBe(false);
  });

  test('an abort gives none, with the terminal as it was and what was typed forgotten', async () => {
    const { terminal, prompt } = open();
    const stop = new AbortController();
    const secret = prompt.secret('', stop.signal);
    await whenRaw(terminal);
    terminal.write('half');
    await expect.poll(() => terminal.readableLength).toBe(0);
    stop.abort();
    expect(await secret).toBeUndefined();
    expect(terminal.isRaw).toBe(false);
    const next = prompt.line('', never);
    terminal.write('line\n');
    expect(await next).toBe('line');
  });
});
