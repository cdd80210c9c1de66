import {
  type ConnectionLog,
  connectionLogBefore,
  readConnectionLine,
} from '../../diagnosis/connection-log.ts';
import { type ProxyLog, proxyLogBefore, readProxyLine } from '../../diagnosis/proxy-log.ts';
import { bridgeAt, bridgeProject } from '../../domain/bridge.ts';
import { commandLine } from '../../domain/command-line.ts';
import { type Deployment, deploymentAt, services } from '../../domain/deployment.ts';
import { asFailure } from '../../domain/failure.ts';
import { chooseProject } from '../../domain/project-name.ts';
import type { Parsed } from '../../domain/result.ts';
import type { ScheduleReport } from '../../domain/schedule-state.ts';
import type {
  EngineTrouble,
  ObservedCalls,
  ObservedConnections,
  ObservedContainer,
  ObservedToken,
  StatusObservation,
} from '../../domain/status-observation.ts';
import { longestTokenPaste } from '../../domain/tunnel-token.ts';
import type { ContainerInfo } from '../../ports/engine.ts';
import { deploymentOnDisk } from '../deployment-on-disk.ts';
import { tokenOfContainer } from '../install/observe-token.ts';
import { type KnownCopy, scheduleReport } from '../schedule/schedule-report.ts';
import { LogTail } from './log-tail.ts';
import { type OnDisk, observeDisk, tokenFacts } from './observe-disk.ts';
import type { StatusPorts, StatusSettings } from './ports.ts';
import { probeRoutes } from './probe-routes.ts';
import { servedCertificate } from './served-certificate.ts';

/** Where systemd notes that Docker's own unit is started at boot, and the socket that unit serves. */
const bootLink = '/etc/systemd/system/multi-user.target.wants/docker.service';
const usualSocket = 'unix:///var/run/docker.sock';
/** Where cloudflared finds its token (templates/docker-compose.yaml). */
const tokenMount = '/credentials/tunnel-token';

/** The deployment's containers, and those of a bridge beside it. */
interface Stack {
  readonly project: string;
  readonly containers: readonly ContainerInfo[];
  readonly bridge: readonly ContainerInfo[];
}

/** Looks at one deployment, again and again if need be; remembers how far it has read the logs. */
export class StatusObserver {
  readonly #ports: StatusPorts;
  readonly #settings: StatusSettings;
  #deployment: Deployment;
  readonly #connections: LogTail<ConnectionLog>;
  readonly #calls: LogTail<ProxyLog>;
  #copy: KnownCopy | undefined;
  #readToken: { readonly key: string; readonly token: ObservedToken } | undefined;
  #seenServed: { readonly key: string; readonly served: StatusObservation['served'] } | undefined;

  constructor(ports: StatusPorts, dir: string, settings: StatusSettings) {
    this.#ports = ports;
    this.#settings = settings;
    this.#deployment = deploymentAt(dir);
    const install = commandLine([...settings.self, 'install', '--dir', dir]);
    this.#connections = new LogTail(connectionLogBefore, (log, line) =>
      readConnectionLine(log, line, { install }),
    );
    this.#calls = new LogTail(proxyLogBefore, (log, line) => readProxyLine(log, line, { install }));
  }

  /** Changes nothing, and never throws for what it meets. */
  async observe(signal: AbortSignal): Promise<StatusObservation> {
    this.#deployment = await deploymentOnDisk(this.#ports.files, this.#deployment.dir);
    const disk = await observeDisk(this.#ports, this.#deployment);
    try {
      return await this.#whole(disk, await this.#stack(disk), signal);
    } catch (error) {
      signal.throwIfAborted();
      const { code, summary, found, nextSteps } = asFailure(error);
      const trouble = { code, summary, nextSteps, ...(found === undefined ? {} : { found }) };
      return this.#withoutEngine(disk, trouble);
    }
  }

  async #stack({ projectNamed }: OnDisk): Promise<Stack> {
    const { engine } = this.#ports;
    const { dir } = this.#deployment;
    const own = (await engine.containers({ workingDir: dir })).filter(({ oneOff }) => !oneOff);
    const project = chooseProject(dir, own, projectNamed).name;
    return {
      project,
      containers: own.filter((each) => each.project === project),
      bridge: await engine.containers({
        project: bridgeProject(project),
        workingDir: bridgeAt(this.#deployment).dir,
      }),
    };
  }

  async #whole(disk: OnDisk, stack: Stack, signal: AbortSignal): Promise<StatusObservation> {
    const { containers } = stack;
    const cloudflared = running(containers, services.cloudflared);
    const proxy = running(containers, this.#deployment.proxyService);
    const [observed, connections, calls, routes, served, token, engineAtBoot, common] =
      await Promise.all([
        Promise.all(containers.map((each) => this.#container(each))),
        cloudflared && this.#connections.look(this.#ports, cloudflared, signal),
        proxy && this.#calls.look(this.#ports, proxy, signal),
        probeRoutes(this.#ports, disk, containers),
        this.#served(disk, proxy),
        this.#token(disk, cloudflared),
        this.#engineAtBoot(),
        this.#common(disk),
      ]);
    signal.throwIfAborted();
    return {
      ...common,
      ...{ routes, served, token, engineAtBoot },
      project: stack.project,
      engineTrouble: undefined,
      containers: observed,
      connections: connectionsOf(cloudflared, connections),
      runningTunnel: connections?.ok ? connections.value.tunnelId : undefined,
      calls: callsOf(calls),
      bridge: { onDisk: disk.bridgeThere, containers: stack.bridge.length },
    };
  }

  async #withoutEngine(disk: OnDisk, engineTrouble: EngineTrouble): Promise<StatusObservation> {
    return {
      ...(await this.#common(disk)),
      engineTrouble,
      project: disk.projectNamed,
      containers: [],
      connections: { from: 'nothing', locations: [] },
      calls: {},
      routes: await probeRoutes(this.#ports, disk, undefined),
      served: undefined,
      token: disk.token,
      runningTunnel: undefined,
      engineAtBoot: undefined,
      bridge: { onDisk: disk.bridgeThere, containers: 0 },
    };
  }

  async #common(disk: OnDisk) {
    const { services: wanted, inputs, domain, certificate, ca, unfinished, hosts } = disk;
    const holder = await this.#ports.locks.holder(this.#deployment.lock);
    return {
      at: this.#ports.clock.now(),
      dir: this.#deployment.dir,
      self: this.#settings.self,
      layout: this.#deployment.layout,
      services: wanted,
      ...{ inputs, domain, certificate, ca, unfinished, hosts },
      working: holder && { purpose: holder.purpose, pid: holder.pid },
      ...(disk.caRotation ? { caRotation: disk.caRotation } : {}),
      schedule: await this.#schedule(),
    };
  }

  /** A watch does not read a copy of the program again and again. */
  async #schedule(): Promise<ScheduleReport> {
    const report = await scheduleReport(this.#ports, this.#deployment, this.#copy);
    const { schedule } = report;
    this.#copy = schedule && { folder: schedule.program.folder, state: schedule.copy };
    return report;
  }

  async #container(container: ContainerInfo): Promise<ObservedContainer> {
    const { engine } = this.#ports;
    const { service, name, state, health, exitCode, startedAt, image, restartPolicy } = container;
    // The tag may stand for another image by now.
    const tagged = await engine.image(image);
    const own = tagged?.id === container.imageId ? tagged : await engine.image(container.imageId);
    return {
      ...{ service, name, state, health, exitCode, startedAt, image, restartPolicy },
      restarts: container.restartCount,
      digests: own?.repoDigests ?? [],
    };
  }

  /** A watch does not ask a proxy again and again for what it was seen to serve. */
  async #served(
    disk: OnDisk,
    proxy: ContainerInfo | undefined,
  ): Promise<StatusObservation['served']> {
    const wanted = disk.certificate?.ok ? disk.certificate.value.facts.fingerprint : undefined;
    const key = `${proxy?.id} ${proxy?.startedAt?.getTime()} ${wanted}`;
    if (this.#seenServed?.key === key) return this.#seenServed.served;
    const served = await servedCertificate(this.#ports, disk, proxy);
    const matches = served?.ok === true && served.value.fingerprint === wanted;
    this.#seenServed = matches ? { key, served } : undefined;
    return served;
  }

  /** What this user may not read, the engine reads out of the container; once for each token. */
  async #token(
    { token }: OnDisk,
    cloudflared: ContainerInfo | undefined,
  ): Promise<ObservedToken | undefined> {
    if (cloudflared && this.#deployment.layout.token.in !== 'file')
      return this.#withRunning(token, cloudflared);
    if (token?.in !== 'file' || token.content || !cloudflared) return token;
    const key = `${cloudflared.id} ${token.changedAt.getTime()}`;
    if (this.#readToken?.key === key) return this.#readToken.token;
    const stat = await this.#ports.files.stat(this.#deployment.tunnelToken);
    if (stat?.kind !== 'file' || stat.size > longestTokenPaste) return token;
    const bytes = await this.#ports.engine.file(cloudflared.id, tokenMount).catch(() => undefined);
    if (!bytes) return token;
    const read = { ...token, content: tokenFacts(Buffer.from(bytes).toString('utf8')) };
    this.#readToken = { key, token: read };
    return read;
  }

  /** A token in the environment: what a container was made with may be another one than `.env` has. */
  async #withRunning(
    token: ObservedToken | undefined,
    cloudflared: ContainerInfo,
  ): Promise<ObservedToken | undefined> {
    const secret = await tokenOfContainer(this.#ports, cloudflared.id);
    if (!secret) return token;
    const content = tokenFacts(secret);
    if (token === undefined) return { in: 'container', changedAt: cloudflared.createdAt, content };
    const fingerprint = content.ok ? content.value.fingerprint : secret.fingerprint;
    const same = token.content?.ok && token.content.value.fingerprint === fingerprint;
    return same ? token : { ...token, runsWith: fingerprint };
  }

  async #engineAtBoot(): Promise<true | undefined> {
    if (this.#settings.rehearsal) return undefined;
    const { endpoint } = await this.#ports.engine.info();
    if (endpoint.host !== usualSocket) return undefined;
    const link = await this.#ports.files.stat(bootLink).catch(() => undefined);
    return link ? true : undefined;
  }
}

function running(containers: readonly ContainerInfo[], service: string): ContainerInfo | undefined {
  return containers.find((each) => each.service === service && each.state === 'running');
}

function connectionsOf(
  cloudflared: ContainerInfo | undefined,
  log: Parsed<ConnectionLog> | undefined,
): ObservedConnections {
  if (!cloudflared || !log) return { from: 'nothing', locations: [] };
  if (!log.ok) {
    const from = cloudflared.health === 'none' ? 'nothing' : 'health';
    return { from, locations: [], why: log.problem };
  }
  const { open, complete, trouble } = log.value;
  return {
    from: complete ? 'log' : 'health',
    locations: [...open.values()],
    ...(complete ? {} : { why: 'the first lines of its log are not there' }),
    ...(trouble ? { trouble } : {}),
  };
}

function callsOf(log: Parsed<ProxyLog> | undefined): ObservedCalls {
  if (!log?.ok) return {};
  const { lastCall, refusal, reloaded } = log.value;
  return {
    ...(lastCall ? { lastCall } : {}),
    ...(refusal ? { refusal } : {}),
    ...(reloaded ? { reloaded } : {}),
  };
}
