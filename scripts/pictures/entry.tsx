// Prints the pictures as one JSON object, SVG by file name. Run by ../pictures.mjs, with colours on.
import { renderToString } from 'ink';
import type { PageId } from '../../screens/views.ts';
import { WizardPage } from '../../src/surfaces/tui/wizard-page.tsx';
import { sampleHome, sampleWizard } from '../../test/fakes/sample-wizard.ts';
import { terminalSvg } from './terminal-svg.ts';

/** Which pages, and in a terminal of what height: as low as lets the page say what it has to say. */
const pictures: readonly (readonly [PageId, number])[] = [
  ['welcome', 24],
  ['home', 24],
  ['tunnel', 24],
  ['routes', 30],
  ['review', 30],
  ['launch', 24],
  ['summary', 30],
];
const columns = 100;

async function draw(page: PageId, rows: number): Promise<string> {
  const wizard = page === 'home' ? (await sampleHome(page)).wizard : await sampleWizard(page);
  const shell = { page, columns, rows, rehearsal: false, colour: true };
  const frame = renderToString(
    <WizardPage wizard={wizard} state={wizard.state} shell={shell} onCopy={() => undefined} />,
    { columns },
  );
  return terminalSvg({ title: `mcp-tunnel: ${page}`, frame, columns, rows });
}

const drawn: Record<string, string> = {};
for (const [page, rows] of pictures) drawn[`${page}.svg`] = await draw(page, rows);
process.stdout.write(JSON.stringify(drawn));
