import { mcpPath } from '../../domain/deployment.ts';
import type { ContainerInfo } from '../../ports/engine.ts';

/**
 * The MCP URL at which this host can reach an upstream: a service of the stack by its container's
 * address (Compose's names exist only inside), anything else as it is. Undefined while a service has
 * no address.
 */
export function upstreamFromHost(
  upstream: string,
  containers: readonly ContainerInfo[],
): string | undefined {
  const url = new URL(mcpPath, upstream);
  const container = containers.find((each) => each.service === url.hostname);
  if (!container) return url.href;
  const address = Object.values(container.addresses).find((each) => each !== '');
  if (address === undefined) return undefined;
  url.hostname = address;
  return url.href;
}
