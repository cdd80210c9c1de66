import type { MissingAnswer } from '../domain/failure.ts';
import { problem } from '../domain/result.ts';
import type { Question, RawAnswers, ValuesOf } from './question.ts';

/** Every way to give an answer, for a list of what is missing (design 8). */
export function waysToAnswer(question: Question<unknown>, text: string): MissingAnswer {
  return {
    question: question.label,
    problem: text,
    flag: `--${question.flag}`,
    env: question.env,
    key: question.key,
  };
}

/**
 * Validates what was given; unanswered questions stay undefined. All problems are collected, so that
 * they can be shown at once.
 */
export function answerQuestions<Q extends Readonly<Record<string, Question<unknown>>>>(
  questions: Q,
  raw: RawAnswers,
): { readonly values: ValuesOf<Q>; readonly problems: readonly MissingAnswer[] } {
  const problems: MissingAnswer[] = [];
  const entries = Object.entries(questions).map(([id, question]) => {
    const answer = raw[id];
    if (answer === undefined) return [id, undefined] as const;
    const result =
      answer.problem === undefined ? question.parse(answer.value) : problem(answer.problem);
    if (result.ok) return [id, result.value] as const;
    problems.push(waysToAnswer(question, `${result.problem} (from ${answer.source})`));
    return [id, undefined] as const;
  });
  // Each value was made by the question of the same id, which is what ValuesOf says.
  return { values: Object.fromEntries(entries) as ValuesOf<Q>, problems };
}
