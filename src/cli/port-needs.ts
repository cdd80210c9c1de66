import { systemFiles } from '../adapters/system-files.ts';
import { readWantedServices } from '../domain/compose-services.ts';
import { services } from '../domain/deployment.ts';
import { defaultImages, type Images } from '../domain/images.ts';
import { readProxyConfig } from '../domain/proxy-config-read.ts';
import { parseRoute } from '../domain/route.ts';
import { deploymentOnDisk } from '../steps/deployment-on-disk.ts';
import type { PortNeeds } from './world.ts';

/** Images and routes as the deployment's own files have them; what cannot be read is left to who looks. */
export async function portNeedsAt(dir: string): Promise<PortNeeds> {
  const { composeFile, proxyConfig, proxyService } = await deploymentOnDisk(systemFiles, dir);
  const [compose, config] = await Promise.all(
    [composeFile, proxyConfig].map((path) => systemFiles.readText(path).catch(() => undefined)),
  );
  const wanted = readWantedServices([compose]);
  const names = { ...services, proxy: proxyService };
  const image = (role: keyof Images) =>
    (wanted.ok ? wanted.value.find(({ name }) => name === names[role])?.image : undefined) ??
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
