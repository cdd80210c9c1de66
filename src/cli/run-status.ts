import { shellNotifier } from '../adapters/shell-notifier.ts';
import { systemFiles } from '../adapters/system-files.ts';
import { readWantedServices } from '../domain/compose-services.ts';
import { deploymentAt, services } from '../domain/deployment.ts';
import { defaultImages, type Images } from '../domain/images.ts';
import { readProxyConfig } from '../domain/proxy-config-read.ts';
import { parseRoute } from '../domain/route.ts';
import { statusEvents } from '../flows/status.ts';
import type { Invocation } from './run-operation.ts';
import { statusOptions } from './status-options.ts';
import { openWorld, type PortNeeds } from './world.ts';

/** Images and routes as the deployment's own files have them; what cannot be read is left to the status itself. */
async function needsOf(dir: string): Promise<PortNeeds> {
  const { composeFile, proxyConfig } = deploymentAt(dir);
  const [compose, config] = await Promise.all(
    [composeFile, proxyConfig].map((path) => systemFiles.readText(path).catch(() => undefined)),
  );
  const wanted = readWantedServices([compose]);
  const image = (role: keyof Images) =>
    (wanted.ok ? wanted.value.find(({ name }) => name === services[role])?.image : undefined) ??
    defaultImages[role];
  const read = config === undefined ? undefined : readProxyConfig(config);
  const routes = Object.entries(read?.ok ? read.value.routes : {}).flatMap(([name, url]) => {
    const route = parseRoute(name, url);
    return route.ok ? [route.value] : [];
  });
  return {
    images: { proxy: image('proxy'), cloudflared: image('cloudflared'), sample: image('sample') },
    routes,
  };
}

/** `status` and `status --watch`, real or rehearsed: needs no answers, for it asks the deployment itself. */
export async function runStatus({ io, argv, chose, show }: Invocation): Promise<void> {
  const options = statusOptions(argv, io.cwd);
  const world = await openWorld(argv.rehearse, { io, argv, chose });
  try {
    const events = statusEvents({
      dir: world.dir,
      ports: {
        ...(await world.ports(await needsOf(world.dir))),
        notifier: shellNotifier(io.env),
      },
      settings: {
        self: [...io.self, ...(argv.rehearse ? ['rehearse'] : [])],
        rehearsal: argv.rehearse,
      },
      ...options,
      signal: io.signal,
    });
    for await (const event of events) show(event);
  } finally {
    await world.close();
  }
}
