// `npm run check`: types, lint and unit tests, in well under a minute.
import { typesAndLint, vitest } from './judges.mjs';

const [failed, unit] = await Promise.all([typesAndLint(), vitest(['unit'])]);
if (!unit.content) failed.push('unit tests');
console.log(failed.length === 0 ? 'check: all good' : `check: FAILED: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
