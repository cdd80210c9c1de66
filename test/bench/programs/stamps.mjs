// Preloaded (--import file:…/stamps.mjs?out=FILE&frame=TEXT): notes what was loaded and written, and
// how many milliseconds this thread had worked by then; writes that to FILE once TEXT was written.
import { writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

const { searchParams } = new URL(import.meta.url);
const stamps = [];
const note = (what) => {
  const { user, system } = process.threadCpuUsage();
  stamps.push([what, (user + system) / 1000]);
};

registerHooks({
  load(url, context, next) {
    const name = url.split('/').at(-1);
    const loaded = next(url, context);
    // Bundled, Ink and React lie in a chunk without a name of its own.
    note(String(loaded.source).includes('react-reconciler') ? 'ink' : name);
    return loaded;
  },
});

const write = process.stdout.write;
process.stdout.write = function stamped(text, ...rest) {
  const shown = String(text);
  if (shown.includes('\u001b[?1049h')) note('alternate screen');
  if (shown.includes(searchParams.get('frame'))) {
    note('frame');
    writeFileSync(searchParams.get('out'), JSON.stringify(stamps));
  }
  return write.call(this, text, ...rest);
};
