import { services } from './deployment.ts';

/** What of a container matters for judging whether it runs with what is on disk. */
export interface RunningContainer {
  readonly service: string;
  readonly state: string;
  readonly startedAt: Date | undefined;
}

/** When the files that a service reads only at its start last changed; undefined for one that is not there. */
export interface StartInputs {
  readonly proxyConfig: Date | undefined;
  readonly token: Date | undefined;
  readonly sampleServer: Date | undefined;
  /**
   * True if certificate and key were such that a proxy cannot start with them, and are mended now: it
   * may be ending again and again, and would wait ever longer between its attempts.
   */
  readonly pairMended?: boolean;
}

export interface NeededRestart {
  readonly service: string;
  readonly why: string;
}

function isOlder(started: Date | undefined, changed: Date | undefined): boolean {
  return started !== undefined && changed !== undefined && started < changed;
}

/**
 * Services that must be restarted, in order: a proxy does not reload its config (facts 4.1),
 * cloudflared reads its token at start, and cloudflared is stranded in a dead network namespace
 * whenever the proxy started after it (e2e.md 5).
 * @param proxyService name under which the proxy runs.
 */
export function neededRestarts(
  containers: readonly RunningContainer[],
  inputs: StartInputs,
  proxyService: string = services.proxy,
): readonly NeededRestart[] {
  const running = (service: string) =>
    containers.find((each) => each.service === service && each.state === 'running');
  const looping = (service: string) =>
    containers.find((each) => each.service === service && each.state === 'restarting');
  const proxy = running(proxyService) ?? looping(proxyService);
  const cloudflared = running(services.cloudflared);
  const sample = running(services.sample);
  const restarts: NeededRestart[] = [];
  const whyProxy = isOlder(proxy?.startedAt, inputs.proxyConfig)
    ? 'its config changed after it started'
    : 'it could not start with the certificate it had';
  const proxyIsOld =
    proxy !== undefined &&
    (isOlder(proxy.startedAt, inputs.proxyConfig) || inputs.pairMended === true);
  if (proxyIsOld) restarts.push({ service: proxyService, why: whyProxy });
  if (cloudflared) {
    if (proxyIsOld)
      restarts.push({ service: services.cloudflared, why: 'it shares the network of the proxy' });
    else if (isOlder(cloudflared.startedAt, inputs.token))
      restarts.push({ service: services.cloudflared, why: 'the token changed after it started' });
    else if (isOlder(cloudflared.startedAt, proxy?.startedAt))
      restarts.push({ service: services.cloudflared, why: 'the proxy was started after it' });
  }
  if (isOlder(sample?.startedAt, inputs.sampleServer))
    restarts.push({ service: services.sample, why: 'its program changed after it started' });
  return restarts;
}
