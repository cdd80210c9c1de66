import type { CheckRow } from '../../../screens/views.ts';
import type { CheckResult } from '../../domain/check.ts';
import { asFailure } from '../../domain/failure.ts';
import { judgedFailure } from '../../steps/prerequisites/check-context.ts';
import { type Prerequisite, prerequisites } from '../../steps/prerequisites/check-prerequisites.ts';
import { deploymentOf, portNeeds, type WizardContext } from './wizard-context.ts';

function busy({ id, title }: Prerequisite): CheckRow {
  return { id, title, status: 'busy', found: '', expected: '', fix: undefined };
}

function row({ id, title, status, found, expected, fix }: CheckResult): CheckRow {
  return { id, title, status, found, expected, fix };
}

/** Every check, not yet run. */
export function checksBefore(): readonly CheckRow[] {
  return prerequisites.map(busy);
}

/** Runs the checks of this host; each finding is shown as it comes. */
export class CheckRuns {
  readonly #context: WizardContext;
  /** By check: findings of an earlier run that come late are dropped. */
  readonly #latest = new Map<string, number>();
  /** Rows that a check gave beside its own. */
  readonly #owners = new Map<string, string>();

  readonly #onSettled: () => void;

  /** @param onSettled called each time when no check is running any more. */
  constructor(context: WizardContext, onSettled: () => void) {
    this.#context = context;
    this.#onSettled = onSettled;
  }

  /** All checks, or the one that a row belongs to. */
  start(id?: string): void {
    const owner = id === undefined ? undefined : (this.#owners.get(id) ?? id);
    const wanted = prerequisites.filter((each) => owner === undefined || each.id === owner);
    for (const each of wanted) this.#show(each, [busy(each)]);
    for (const each of wanted) void this.#run(each);
  }

  #show(prerequisite: Prerequisite, rows: readonly CheckRow[]): void {
    const { store } = this.#context;
    const { id } = prerequisite;
    const others = store
      .getState()
      .checks.filter((each) => each.id === id || this.#owners.get(each.id) !== id);
    for (const each of rows) if (each.id !== id) this.#owners.set(each.id, id);
    store.setState({ checks: others.flatMap((each) => (each.id === id ? rows : [each])) });
  }

  async #run(prerequisite: Prerequisite): Promise<void> {
    const { id, title, check } = prerequisite;
    const run = (this.#latest.get(id) ?? 0) + 1;
    this.#latest.set(id, run);
    const { store, world, settings } = this.#context;
    const needs = portNeeds(store.getState().draft);
    const rows = await world
      .ports(needs)
      .then((ports) =>
        check({ ports, answers: needs, deployment: deploymentOf(this.#context), settings }),
      )
      .catch((error: unknown) => [judgedFailure(id, title, 'an answer', asFailure(error))])
      .then((judged) => judged.map(({ result }) => row(result)));
    if (this.#latest.get(id) !== run || this.#context.signal.aborted) return;
    this.#show(prerequisite, rows);
    if (store.getState().checks.every(({ status }) => status !== 'busy')) this.#onSettled();
  }
}
