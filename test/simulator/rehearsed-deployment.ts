import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { containerUser, type Deployment, deploymentAt } from '../../src/domain/deployment.ts';
import { defaultImages } from '../../src/domain/images.ts';
import type { Secret } from '../../src/domain/secret.ts';
import type { ContainerInfo } from '../../src/ports/engine.ts';
import type { Programs } from '../../src/simulator/rehearsal/place.ts';
import { openRehearsal, type Rehearsal } from '../../src/simulator/rehearsal.ts';
import { makeCa, makeServer, type Pair } from './openssl.ts';
import { renderComposeFile } from './rendered-compose.ts';

export const project = 'rehearsed';
export const images = Object.values(defaultImages);

/** A deployment directory as an installation leaves it, and the open rehearsal of it. */
export class RehearsedDeployment implements AsyncDisposable {
  readonly at: Deployment = deploymentAt(mkdtempSync(join(tmpdir(), 'sim-deployment-')));
  readonly ca: Pair = makeCa();
  readonly project = { dir: this.at.dir, project };
  readonly #programs: Programs;
  #open: Rehearsal | undefined;
  domain = '';
  tunnelId = '';

  private constructor(programs: Programs) {
    this.#programs = programs;
  }

  static async create(programs: Programs): Promise<RehearsedDeployment> {
    const deployment = new RehearsedDeployment(programs);
    await deployment.open();
    await deployment.#install();
    return deployment;
  }

  get rehearsal(): Rehearsal {
    if (!this.#open) throw new Error('the rehearsal is closed');
    return this.#open;
  }

  get url(): string {
    return `https://echo.${this.domain}/mcp`;
  }

  async open(): Promise<void> {
    this.#open = await openRehearsal({ deploymentDir: this.at.dir, programs: this.#programs });
  }

  async close(): Promise<void> {
    await this.#open?.close();
    this.#open = undefined;
  }

  async up(): Promise<void> {
    await this.rehearsal.compose.up(this.project, {});
  }

  async container(service: string): Promise<ContainerInfo> {
    const [found] = await this.rehearsal.engine.containers({ project, service });
    if (!found) throw new Error(`no container of ${service}`);
    return found;
  }

  /** Waits for a line of the service's current run; the test's time limit ends the wait. */
  async line(service: string, wanted: string, count = 1): Promise<string> {
    const { id } = await this.container(service);
    let seen = 0;
    for await (const { text } of this.rehearsal.engine.logs(id, { follow: true })) {
      if (text.includes(wanted) && ++seen === count) return text;
    }
    throw new Error(`${service} ended without "${wanted}"`);
  }

  /** Waits until a call gets through: the proxy listens, cloudflared is connected, the sample answers. */
  async reachable(): Promise<void> {
    await this.line('mcp-proxy', 'proxy listening');
    await this.line('cloudflared', 'Registered tunnel connection', 4);
    await this.line('hello-mcp', 'Uvicorn running');
  }

  /** Waits until the container is as wanted. */
  async until(
    service: string,
    wanted: (container: ContainerInfo) => boolean,
  ): Promise<ContainerInfo> {
    for (;;) {
      const container = await this.container(service);
      if (wanted(container)) return container;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async hello(name = 'tunnel'): Promise<string> {
    const { vendorSide } = this.rehearsal;
    const answer = await vendorSide.callTool({
      url: this.url,
      tool: 'hello',
      arguments: { name },
      timeoutMs: 15_000,
    });
    return answer.text;
  }

  async writeToken(token: Secret, mode = 0o400): Promise<void> {
    const bytes = Buffer.from(token.reveal());
    await this.rehearsal.ownedFiles.write(
      this.at.tunnelToken,
      bytes,
      { uid: containerUser, gid: containerUser },
      mode,
    );
  }

  async writePair(pair: Pair, owner = { uid: containerUser, gid: containerUser }): Promise<void> {
    await this.rehearsal.ownedFiles.write(this.at.serverKey, Buffer.from(pair.key), owner, 0o400);
    writeFileSync(this.at.serverCertificate, pair.certificate, { mode: 0o644 });
  }

  writeRoutes(routes: string): void {
    writeFileSync(
      this.at.proxyConfig,
      `listen_addr: ":8080"\ntunnel_domain: ${this.domain}\nshutdown_timeout: 30s\ntls:\n  cert_file: /data/tls.crt\n  key_file: /data/tls.key\nroutes: ${routes}\n`,
    );
  }

  async #install(): Promise<void> {
    const { console, engine } = this.rehearsal;
    const tunnel = console.newTunnel('rehearsal');
    this.domain = tunnel.domain;
    this.tunnelId = tunnel.id;
    console.addCertificate(tunnel.id, this.ca.certificate);
    for (const folder of [this.at.configDir, this.at.dataDir, this.at.credentialsDir])
      mkdirSync(folder, { mode: 0o711 });
    writeFileSync(this.at.composeFile, renderComposeFile());
    writeFileSync(this.at.sampleServer, '# the sample\n', { mode: 0o644 });
    this.writeRoutes('{echo: "http://hello-mcp:9000"}');
    await this.writePair(makeServer(this.ca, tunnel.domain));
    await this.writeToken(console.revealToken(tunnel.id));
    for (const image of images) for await (const _progress of engine.pull(image));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
