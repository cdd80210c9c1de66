import { composeFileName } from './compose-layout.ts';
import { Failure } from './failure.ts';
import { isRecord, valueAt } from './plain-data.ts';
import { type Parsed, parsed, problem } from './result.ts';
import type { WantedService } from './status-observation.ts';
import { parseYaml } from './yaml-parse.ts';

/**
 * The services that Compose would start, from its file and, where there is one, its override; those
 * behind a profile are left out. An image is undefined where it is built or named by a variable.
 */
export function readWantedServices(
  texts: readonly (string | undefined)[],
): Parsed<readonly WantedService[]> {
  const [main] = texts;
  if (main === undefined) return problem(`there is no ${composeFileName}`);
  const wanted = new Map<string, WantedService>();
  for (const text of texts) {
    if (text === undefined) continue;
    let services: unknown;
    try {
      services = valueAt(parseYaml(composeFileName, text).data, ['services']);
    } catch (error) {
      if (error instanceof Failure) return problem(error.summary);
      throw error;
    }
    for (const [name, fields] of Object.entries(isRecord(services) ? services : {})) {
      if (!isRecord(fields)) continue;
      const profiles = fields['profiles'];
      if (Array.isArray(profiles) && profiles.length > 0) wanted.delete(name);
      else wanted.set(name, { name, image: imageOf(fields) ?? wanted.get(name)?.image });
    }
  }
  return parsed([...wanted.values()]);
}

function imageOf({ image }: Record<string, unknown>): string | undefined {
  return typeof image === 'string' && !image.includes('$') ? image : undefined;
}
