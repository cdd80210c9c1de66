import { resolve } from 'node:path';
import type { CaKeyView, CertificateView, RenewalForm } from '../../../screens/operation-views.ts';
import { type CertificateFacts, daysLeft, type PublicKeyFacts } from '../../domain/certificate.ts';
import type { Deployment } from '../../domain/deployment.ts';
import { asFailure } from '../../domain/failure.ts';
import { Secret } from '../../domain/secret.ts';
import { openCaKey } from '../../steps/install/observe-certificates.ts';
import type { InstallPorts } from '../../steps/install/ports.ts';
import { archivedPairs } from '../../steps/renew-cert/archived-pairs.ts';
import { certificateOnDisk } from '../../steps/status/certificate-on-disk.ts';
import type { InstallRun } from './install-run.ts';
import { type RenewalPreset, type RenewalState, renewalBefore } from './renewal-state.ts';
import { deployedAt, portNeeds, type WizardContext } from './wizard-context.ts';

function keyKind(key: PublicKeyFacts): string {
  if (key.kind === 'rsa') return `RSA-${key.bits}`;
  if (key.kind === 'ec') return key.curve === 'prime256v1' ? 'ECDSA P-256' : `ECDSA ${key.curve}`;
  return key.name;
}

function viewOf({ fingerprint, notAfter, key }: CertificateFacts, now: Date): CertificateView {
  return {
    fingerprint,
    notAfter: Number.isNaN(notAfter.getTime()) ? 'an unreadable date' : notAfter.toISOString(),
    daysLeft: daysLeft(notAfter, now),
    keyKind: keyKind(key),
  };
}

async function findPairs(
  ports: InstallPorts,
  deployment: Deployment,
): Promise<NonNullable<RenewalForm['found']>> {
  const now = ports.clock.now();
  const view = async (path: string) => {
    const found = await certificateOnDisk(ports, path);
    return found?.ok ? viewOf(found.value.facts, now) : undefined;
  };
  const server = await view(deployment.serverCertificate);
  const archives = await archivedPairs(ports, deployment);
  const other = archives.find(({ facts }) => facts.fingerprint !== server?.fingerprint);
  return {
    server,
    ca: await view(deployment.caCertificate),
    archived: other && { ...viewOf(other.facts, now), name: other.name },
  };
}

/** A renewal of the server certificate, up to its plan. */
export class Renewal {
  readonly #context: WizardContext;
  readonly #run: InstallRun;
  /** Answers about a path that is no longer the one asked for are dropped. */
  #asked = 0;

  constructor(context: WizardContext, run: InstallRun) {
    this.#context = context;
    this.#run = run;
  }

  #set(change: Partial<RenewalState>): void {
    this.#context.store.setState(({ renewal }) => ({ renewal: { ...renewal, ...change } }));
  }

  /** Leads to the certificate there is; what was typed before is there again. */
  open(preset?: RenewalPreset): void {
    const { store, go } = this.#context;
    const { draft, renewal } = store.getState();
    store.setState({
      way: 'renew-cert',
      renewal: preset ? renewalBefore(draft, preset) : { ...renewal, restore: false },
    });
    go('renew-cert');
    void this.#look();
    if (preset?.restore) this.#run.start();
  }

  async #ports(): Promise<InstallPorts> {
    const { store, world } = this.#context;
    return world.ports(portNeeds(store.getState().draft));
  }

  async #look(): Promise<void> {
    const ports = await this.#ports();
    const nothing = { server: undefined, ca: undefined, archived: undefined };
    const deployment = await deployedAt(ports, this.#context);
    const found = await findPairs(ports, deployment).catch(() => nothing);
    this.#set({ found });
    await this.#judgeCaKey();
  }

  /** What the CA's key is, as far as that can be told without its passphrase. */
  async #judgeCaKey(): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    this.#set({ caKey: { kind: 'looking' } });
    const caKey = await this.#caKey().catch((error: unknown): CaKeyView => {
      const { code, summary } = asFailure(error);
      return code === 'ca-key-passphrase'
        ? { kind: 'encrypted' }
        : { kind: 'refused', why: summary };
    });
    if (asked === this.#asked) this.#set({ caKey });
  }

  async #caKey(): Promise<CaKeyView> {
    const { draft, renewal } = this.#context.store.getState();
    const ports = await this.#ports();
    const deployment = await deployedAt(ports, this.#context);
    const typed = renewal.caKeyFile.trim();
    const path = typed === '' ? deployment.caKey : resolve(draft.cwd, typed);
    const ca = await certificateOnDisk(ports, deployment.caCertificate);
    const key = await openCaKey(ports, path, ca?.ok ? ca.value : undefined, undefined);
    return { kind: key ? 'opens' : 'missing' };
  }

  /** As typed; of the key `keep`, or the kind of a new one. */
  set(field: 'days' | 'key' | 'caKeyFile', value: string): void {
    this.#set({ [field]: value });
    if (field === 'caKeyFile') void this.#judgeCaKey();
  }

  /** What was typed or pasted; empty takes it back. */
  setPassphrase(text: string): void {
    this.#set({ passphrase: text === '' ? undefined : new Secret(text) });
  }

  /** Plans to put the archived pair back. */
  restore(): void {
    this.#set({ restore: true });
    this.#run.start();
  }

  /** Plans to make another certificate. */
  plan(): void {
    this.#set({ restore: false });
    this.#run.start();
  }

  /** It is done: nothing of it is kept in memory. */
  done(): void {
    const { store } = this.#context;
    const { caPassphrase, ...given } = store.getState().draft.given;
    store.setState(({ draft }) => {
      const next = { ...draft, given };
      return { draft: next, renewal: renewalBefore(next) };
    });
  }
}
