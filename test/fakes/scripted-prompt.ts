import type { LinePrompt } from '../../src/surfaces/plain-wizard/line-prompt.ts';

/** What a person does when asked: types a line, or something else happens first. */
export type ScriptedAnswer = string | (() => void | Promise<void>);

/** Answers questions as a test says; then the input ends. What the terminal would show is noted. */
export class ScriptedPrompt implements LinePrompt {
  readonly #answers: ScriptedAnswer[];
  readonly #show: (text: string) => void;
  isClosed = false;

  constructor(answers: readonly ScriptedAnswer[], show: (text: string) => void) {
    this.#answers = [...answers];
    this.#show = show;
  }

  /** Answers that nobody has asked for. */
  get left(): number {
    return this.#answers.length;
  }

  line(question: string, signal: AbortSignal): Promise<string | undefined> {
    return this.#answer(question, signal, (typed) => typed);
  }

  secret(question: string, signal: AbortSignal): Promise<string | undefined> {
    return this.#answer(question, signal, () => '');
  }

  close(): void {
    this.isClosed = true;
  }

  async #answer(
    question: string,
    signal: AbortSignal,
    echo: (typed: string) => string,
  ): Promise<string | undefined> {
    this.#show(question);
    let answer = this.#answers.shift();
    while (typeof answer === 'function') {
      await answer();
      answer = this.#answers.shift();
    }
    if (answer === undefined || signal.aborted) {
      this.#show('\n');
      return undefined;
    }
    this.#show(`${echo(answer)}\n`);
    return answer;
  }
}
