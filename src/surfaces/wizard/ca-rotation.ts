import type { CaRotationView } from '../../../screens/operation-views.ts';
import { daysLeft } from '../../domain/certificate.ts';
import { asFailure, Failure } from '../../domain/failure.ts';
import { valueAt } from '../../domain/plain-data.ts';
import { parseYaml } from '../../domain/yaml-parse.ts';
import { installQuestions } from '../../questions/install-questions.ts';
import { reportFailure } from '../../runner/report-failure.ts';
import type { InstallPorts } from '../../steps/install/ports.ts';
import { observeNextCa } from '../../steps/rotate-ca/next-ca-on-disk.ts';
import { type CaRotationOptions, nothingSaid } from '../../steps/rotate-ca/options.ts';
import { observeHosts } from '../../steps/rotate-token/observe-hosts.ts';
import { certificateOnDisk } from '../../steps/status/certificate-on-disk.ts';
import type { InstallRun } from './install-run.ts';
import { deployedAt, deployedPorts, type WizardContext } from './wizard-context.ts';
import type { WizardState } from './wizard-state.ts';

/** A CA rotation, which may take days: what is on disk, and what a person says now. */
export interface CaRotationState {
  readonly view: CaRotationView;
  readonly said: CaRotationOptions;
}

export const caRotationBefore: CaRotationState = { view: { kind: 'looking' }, said: nothingSaid };

const largest = 1024 * 1024;

/** Answers that a rotation leaves changed in the deployment. */
const changed = ['caRegistered', 'caKeyFile'] as const;

async function look(context: WizardContext): Promise<CaRotationView> {
  const ports = await deployedPorts(context);
  const deployment = await deployedAt(ports, context);
  const { stage, ca, place, oldCa } = await observeNextCa(ports, deployment);
  const now = ports.clock.now();
  const current = await certificateOnDisk(ports, deployment.caCertificate);
  const here = current?.ok ? current.value.facts : undefined;
  // Half swapped, data/ may hold the new one already.
  const old = oldCa?.facts ?? (stage === 'swap' || stage === 'revoke' ? undefined : here);
  const { others } = await observeHosts(ports, deployment);
  return {
    kind: 'seen',
    stage,
    next: ca && {
      pem: ca.pem,
      path: place.caCertificate,
      fingerprint: ca.facts.fingerprint,
      daysLeft: daysLeft(ca.facts.notAfter, now),
    },
    old: old?.fingerprint,
    oldDaysLeft: old && daysLeft(old.notAfter, now),
    hosts: others.map(({ name, dir }) => ({ name, dir: dir ?? deployment.dir })),
  };
}

/**
 * In a rehearsal, the simulated Console does what a person has just said, and nothing before: there
 * the rotation waits as it would in earnest.
 */
export function portsOfRotation(ports: InstallPorts, { caRotation }: WizardState): InstallPorts {
  const { oldRevoked, cancel } = caRotation.said;
  if (oldRevoked !== undefined || cancel) return ports;
  const { registrar, ...rest } = ports;
  return rest;
}

/** A CA rotation, from one plan to the next. */
export class CaRotation {
  readonly #context: WizardContext;
  readonly #run: InstallRun;
  /** What was seen by a look that is no longer the last one is dropped. */
  #looks = 0;

  constructor(context: WizardContext, run: InstallRun) {
    this.#context = context;
    this.#run = run;
  }

  #set(change: Partial<CaRotationState>): void {
    const { store } = this.#context;
    store.setState(({ caRotation }) => ({ caRotation: { ...caRotation, ...change } }));
  }

  /** Leads to where the rotation stands. */
  open(): void {
    const { store, go } = this.#context;
    store.setState({ way: 'rotate-ca' });
    go('rotate-ca');
  }

  /** Reads where it stands from disk. */
  async look(): Promise<void> {
    this.#looks += 1;
    const mine = this.#looks;
    this.#context.store.setState({ copied: false });
    this.#set({ view: { kind: 'looking' }, said: nothingSaid });
    const view = await look(this.#context).catch((error: unknown): CaRotationView => {
      return { kind: 'failed', failure: reportFailure(asFailure(error)) };
    });
    if (mine === this.#looks) this.#set({ view });
  }

  #plan(said: Partial<CaRotationOptions>): void {
    // Until the plan is shown no key may ask for another one.
    this.#set({ view: { kind: 'looking' }, said: { ...nothingSaid, ...said } });
    this.#run.start();
  }

  /** Plans what can be done without a person's word. */
  plan(): void {
    const { view } = this.#context.store.getState().caRotation;
    if (view.kind !== 'seen' || view.stage === 'register' || view.stage === 'revoke') return;
    this.#plan({});
  }

  /** A person has done what the rotation waits for: plans what follows from it. */
  async confirm(): Promise<void> {
    const { view } = this.#context.store.getState().caRotation;
    if (view.kind !== 'seen') return;
    if (view.stage === 'revoke') this.#plan({ oldRevoked: view.old ?? 'unknown' });
    if (view.stage !== 'register' || !view.next) return;
    const { pem, fingerprint } = view.next;
    this.#set({ view: { kind: 'looking' } });
    try {
      await this.#register(pem);
    } catch (error) {
      this.#set({ view: { kind: 'failed', failure: reportFailure(asFailure(error)) } });
      return;
    }
    this.#plan({ caRegistered: fingerprint });
  }

  async #register(pem: string): Promise<void> {
    const { registrar } = await deployedPorts(this.#context);
    const domain = this.#context.store.getState().draft.domain.trim();
    if (!registrar || (await registrar.register(domain, pem))) return;
    throw new Failure('ca-not-registered', 'The simulated Console refuses this CA.', {
      found: `tunnel ${domain}`,
      expected: 'a tunnel of the simulated Console with a free certificate slot',
      nextSteps: ['Revoke the certificate there that is not in use, then try again.'],
    });
  }

  /** Plans to take the new CA back. */
  cancel(): void {
    if (this.#context.store.getState().caRotation.view.kind === 'seen')
      this.#plan({ cancel: true });
  }

  /** A run has ended well: whatever it has changed in the deployment's answers holds from now on. */
  async done(): Promise<void> {
    const ports = await deployedPorts(this.#context);
    const { answers } = await deployedAt(ports, this.#context);
    const text = await ports.files.readText(answers, largest).catch(() => undefined);
    if (text !== undefined) this.#adopt(text, answers);
    await this.look();
  }

  #adopt(text: string, source: string): void {
    let data: unknown;
    try {
      ({ data } = parseYaml(source, text));
    } catch {
      // Whoever broke it is told so by the next command that needs it.
      return;
    }
    this.#context.store.setState(({ draft }) => {
      const given = { ...draft.given };
      for (const id of changed) {
        const value = valueAt(data, installQuestions[id].key.split('.'));
        if (value === undefined) delete given[id];
        else given[id] = { value, source, stored: true };
      }
      return { draft: { ...draft, given, caRegistered: undefined } };
    });
  }
}
