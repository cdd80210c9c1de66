import type { CertificateFacts, KeyType } from '../../src/domain/certificate.ts';
import { Failure } from '../../src/domain/failure.ts';
import { Secret } from '../../src/domain/secret.ts';
import { renewCertFlow } from '../../src/flows/renew-cert.ts';
import { startInstall } from '../../src/flows/start-install.ts';
import type { FlowEvent } from '../../src/runner/events.ts';
import type { InstallAnswers } from '../../src/steps/install/answers.ts';
import { certificateAuthority } from '../../src/steps/install/certificate-authority.ts';
import { directories } from '../../src/steps/install/directories.ts';
import { files } from '../../src/steps/install/files.ts';
import type { InstallPorts } from '../../src/steps/install/ports.ts';
import {
  secretMode,
  secretOwner,
  serverCertificate,
} from '../../src/steps/install/server-certificate.ts';
import { type RenewalOptions, renewAlways } from '../../src/steps/renew-cert/options.ts';
import { HostScene } from './host-scene.ts';
import { InstallScene } from './install-scene.ts';
import { answersOf, domain } from './sample-answers.ts';

/** How a run ended, and all that it said. */
export interface Renewed {
  readonly events: readonly FlowEvent[];
  readonly finish: Extract<FlowEvent, { type: 'flow.finished' }>;
}

const day = 86_400_000;

/** An installed deployment whose proxy polls its certificate, on a host whose clock a test moves. */
export class RenewalScene extends InstallScene {
  readonly proxy = this.engine.add('mcp-proxy', {
    workingDir: this.deployment.dir,
    addresses: { 'mcp-tunnel_default': '172.20.0.2' },
  });
  /** How long the proxy takes to see a new certificate; undefined: it cannot be asked. */
  reloadMs: number | undefined = 0;
  /** What was asked of the proxy: `address:port host`. */
  readonly asked: string[] = [];
  #served: { fingerprint: string; since: number } | undefined;

  static override async make(name = 'mcp-tunnel'): Promise<RenewalScene> {
    const scene = new RenewalScene(await HostScene.place(name));
    await scene.run(answersOf(), directories, certificateAuthority, serverCertificate, files);
    scene.events.length = 0;
    await scene.#poll();
    return scene;
  }

  override get ports(): InstallPorts {
    return {
      ...super.ports,
      locks: {
        acquire: async () => ({ release: async () => undefined }),
        holder: async () => undefined,
      },
      proxyTls: {
        servedCertificate: async ({ address, port, host }) => {
          this.asked.push(`${address}:${port} ${host}`);
          if (this.reloadMs === undefined)
            throw new Failure('verification-failed', 'No TLS handshake.', { found: 'ETIMEDOUT' });
          return this.#poll();
        },
      },
    };
  }

  /** The fingerprint that the proxy serves now, having looked at the file. */
  async #poll(): Promise<string> {
    const { fingerprint } = await this.certificate();
    const now = this.clock.now().getTime();
    if (this.#served && now - this.#served.since < (this.reloadMs ?? 0))
      return this.#served.fingerprint;
    if (this.#served?.fingerprint !== fingerprint) this.#served = { fingerprint, since: now };
    return this.#served.fingerprint;
  }

  /** The certificate on disk. */
  async certificate(): Promise<CertificateFacts> {
    return this.certificates.read(await this.text(this.deployment.serverCertificate));
  }

  async text(path: string): Promise<string> {
    return (await this.files.readText(path)) ?? '';
  }

  /** Lets time pass. */
  async wait(days: number): Promise<void> {
    await this.clock.sleep(days * day);
  }

  /** Puts a pair in place as if an earlier run had made it. */
  async putPair(change: {
    readonly days?: number;
    readonly from?: Date;
    readonly keyType?: KeyType;
    readonly onlyKey?: boolean;
  }): Promise<void> {
    const { caCertificate, caKey, serverCertificate: certificate, serverKey } = this.deployment;
    const pair = await this.certificates.issueServer({
      domain,
      keyType: change.keyType ?? 'p-256',
      days: change.days ?? 90,
      now: change.from ?? this.clock.now(),
      caCertificate: await this.text(caCertificate),
      caKey: new Secret(await this.text(caKey)),
    });
    await this.ownedFiles.write(serverKey, Buffer.from(pair.key.reveal()), secretOwner, secretMode);
    if (!change.onlyKey) await this.files.write(certificate, pair.certificate, 0o644);
  }

  /** True if the key on disk is the certificate's, and the CA has signed that. */
  async pairFits(): Promise<boolean> {
    const { serverCertificate: certificate, serverKey, caCertificate } = this.deployment;
    const pem = await this.text(certificate);
    const key = new Secret(await this.text(serverKey));
    return (
      this.certificates.matches(pem, key) &&
      this.certificates.isSignedBy(pem, await this.text(caCertificate))
    );
  }

  async renew(
    options: Partial<RenewalOptions> = {},
    answers: InstallAnswers = answersOf(),
  ): Promise<Renewed> {
    const flow = renewCertFlow(this.deployment.dir, this.settings, { ...renewAlways, ...options });
    const run = startInstall({
      ...{ flow, answers, ports: this.ports, place: this.deployment },
      ...{ runId: 'run', version: '0.0.0', dryRun: false },
      consent: async () => true,
      signal: new AbortController().signal,
    });
    const events = await Array.fromAsync(run);
    const finish = events.at(-1);
    if (finish?.type !== 'flow.finished') throw new Error('the flow has no end');
    return { events, finish };
  }
}

export function eventsOf<T extends FlowEvent['type']>(
  { events }: Renewed,
  type: T,
): readonly Extract<FlowEvent, { type: T }>[] {
  return events.filter((event): event is Extract<FlowEvent, { type: T }> => event.type === type);
}
