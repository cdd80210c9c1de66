const plain = {
  enter: '\r',
  escape: '\x1b',
  tab: '\t',
  'shift-tab': '\x1b[Z',
  space: ' ',
  backspace: '\x7f',
  delete: '\x1b[3~',
  'page-up': '\x1b[5~',
  'page-down': '\x1b[6~',
  'ctrl-a': '\x01',
  'ctrl-c': '\x03',
  'ctrl-d': '\x04',
  'ctrl-e': '\x05',
  'ctrl-k': '\x0b',
  'ctrl-l': '\x0c',
  'ctrl-u': '\x15',
  'ctrl-w': '\x17',
  'ctrl-z': '\x1a',
  'ctrl-\\': '\x1c',
} as const;

/** The end of each sequence; how it begins is up to the program (DECCKM). */
const cursor = { up: 'A', down: 'B', right: 'C', left: 'D', home: 'H', end: 'F' } as const;

export type Key = keyof typeof plain | keyof typeof cursor;

function isCursor(key: Key): key is keyof typeof cursor {
  return key in cursor;
}

/** What a terminal sends for a key. */
export function bytesOf(key: Key, applicationCursorKeys: boolean): string {
  if (isCursor(key)) return `${applicationCursorKeys ? '\x1bO' : '\x1b['}${cursor[key]}`;
  return plain[key];
}

/** What a terminal sends for pasted text: line ends as Enter, marked if the program asked for that. */
export function bytesOfPaste(text: string, bracketed: boolean): string {
  const lines = text.replace(/\r?\n/gu, '\r');
  return bracketed ? `\x1b[200~${lines}\x1b[201~` : lines;
}
