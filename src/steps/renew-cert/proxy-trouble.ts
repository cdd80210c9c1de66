import { diagnose } from '../../diagnosis/diagnose.ts';
import { services } from '../../domain/deployment.ts';
import { cleanLine } from '../../domain/log-line.ts';
import type { ContainerInfo } from '../../ports/engine.ts';
import type { LookContext } from './ask-proxy.ts';
import type { RenewalContext, RenewalWorld } from './world.ts';

/** What telling of a proxy's certificate takes. */
export interface ServedContext extends LookContext, Pick<RenewalContext, 'emit'> {
  readonly world: Pick<RenewalWorld, 'deployment' | 'project' | 'now'>;
}

/** What the proxy's container and log say for themselves. */
export interface ProxyWord {
  readonly proxy: ContainerInfo | undefined;
  /** Lines about TLS that look like trouble, since this run began. */
  readonly trouble: readonly string[];
}

/** Our own look at the proxy may break off its handshake: such a line proves nothing. */
const ofOurLook = /handshake failed.*\bEOF\b/iu;

/** Reads the proxy's log since the run began, and tells of each known bad line once. */
export async function proxyWord({ ports, world, emit }: ServedContext): Promise<ProxyWord> {
  const [proxy] = await ports.engine.containers({
    project: world.project.name,
    workingDir: world.deployment.dir,
    service: world.deployment.proxyService,
  });
  if (!proxy) return { proxy, trouble: [] };
  const trouble: string[] = [];
  const told = new Set<string>();
  for await (const { text } of ports.engine.logs(proxy.id, { follow: false, since: world.now })) {
    const line = cleanLine(text);
    if (ofOurLook.test(line)) continue;
    const known = diagnose({ service: services.proxy, text: line });
    const isKnown = known && known.severity !== 'success' && known.severity !== 'info';
    if (isKnown && !told.has(known.id)) {
      told.add(known.id);
      const { id, service, severity, cause, fix } = known;
      emit({ type: 'diagnosis', id, service, severity, cause, fix, line });
    }
    if (/\btls\b/iu.test(line) && /error|fail/iu.test(line)) trouble.push(line);
  }
  return { proxy, trouble };
}
