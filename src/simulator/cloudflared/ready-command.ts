import { get } from 'node:http';
import type { ContainerView } from '../container/container-view.ts';
import { goErrnoText } from '../container/errno.ts';
import { hostAndPort } from './metrics-server.ts';

/** `cloudflared tunnel --metrics HOST:PORT ready`: exit 0 only if `/ready` is 200 (facts 5.3). */
export async function ready(
  metrics: string,
  view: ContainerView,
  writeError: (line: string) => void,
): Promise<number> {
  if (metrics === '') {
    writeError('--metrics has to be provided');
    return 1;
  }
  const place = hostAndPort(metrics);
  try {
    if (!place) throw new Error(`address ${metrics}: missing port in address`);
    const [ip = place.host] = await view.resolve(place.host);
    const status = await statusOf(view.dialTarget(ip, place.port));
    if (status === 200) return 0;
    writeError(`http://${metrics}/ready endpoint returned status code ${status}`);
  } catch (error) {
    writeError(`Get "http://${metrics}/ready": dial tcp ${metrics}: ${goErrnoText(error)}`);
  }
  return 1;
}

function statusOf(target: { host: string; port: number }): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = get({ ...target, path: '/ready', agent: false, timeout: 5000 }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.once('timeout', () =>
      request.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })),
    );
    request.once('error', reject);
  });
}
