import { defaultImages, type Images } from '../domain/images.ts';
import { quoteForeign } from '../domain/quote-foreign.ts';
import { parsed, problem } from '../domain/result.ts';
import type { Question } from './question.ts';
import { readPairs } from './raw-values.ts';

const roles = ['proxy', 'cloudflared', 'sample'] as const;
/** The stack's services are understood as roles, too. */
const byService: ReadonlyMap<string, keyof Images> = new Map([
  ['mcp-proxy', 'proxy'],
  ['hello-mcp', 'sample'],
]);
const reference = /^[a-z0-9][\w.:/@-]{0,500}$/iu;

/** Other images than the pinned ones: a mirror, a newer digest (facts 4.4). */
export const images: Question<Partial<Images>> = {
  id: 'images',
  label: 'Which images are used?',
  help: `ROLE=REF with ROLE one of ${roles.join(', ')}; the vendor’s pins otherwise.`,
  key: 'images',
  flag: 'image',
  env: 'MCP_TUNNEL_IMAGES',
  shape: 'map',
  placeholder: 'ROLE=REF',
  parse(raw) {
    const pairs = readPairs(raw);
    if (!pairs.ok) return pairs;
    const chosen: Partial<Record<keyof Images, string>> = {};
    for (const [name, ref] of pairs.value) {
      const role = roles.find((each) => each === name) ?? byService.get(name);
      if (role === undefined)
        return problem(
          `There is no image ${quoteForeign(name)}; the roles are ${roles.join(', ')}.`,
        );
      if (!reference.test(ref))
        return problem(
          `The reference for ${name} is no image reference (${defaultImages[role]} is one).`,
        );
      chosen[role] = ref;
    }
    return parsed(chosen);
  },
};
