import {
  type LevelChoice,
  type LogFilter,
  levelChoices,
} from '../../../../screens/logs/log-filter.ts';

/** What a line typed at the logs asks for. */
export type LogsWord =
  | { readonly word: 'back' | 'quit' | 'help' | 'pause' | 'fix' }
  | { readonly word: 'filter'; readonly filter: Partial<LogFilter> }
  | { readonly word: 'find'; readonly text: string }
  | { readonly word: 'save'; readonly path: string }
  | { readonly word: 'unknown'; readonly problem: string };

function isLevel(text: string): text is LevelChoice {
  return levelChoices.some((each) => each === text);
}

function unknown(problem: string): LogsWord {
  return { word: 'unknown', problem };
}

/** Reads a typed line; empty goes back. */
export function readLogsWord(line: string): LogsWord {
  const [, typed = '', rest = ''] = /^(\S*)\s*(.*)$/u.exec(line.trim()) ?? [];
  const name = typed.toLowerCase();
  switch (name) {
    case '':
    case 'back':
      return { word: 'back' };
    case '?':
      return { word: 'help' };
    case 'quit':
    case 'pause':
    case 'fix':
      return { word: name };
    case 'container':
      return rest === ''
        ? unknown('Which container? Expected its name, or all.')
        : { word: 'filter', filter: { service: rest === 'all' ? undefined : rest } };
    case 'level':
      return isLevel(rest)
        ? { word: 'filter', filter: { level: rest } }
        : unknown(`Which level? Expected one of: ${levelChoices.join(', ')}.`);
    case 'find':
      return rest === '' ? unknown('Find what? Expected a text.') : { word: 'find', text: rest };
    case 'save':
      return rest === ''
        ? unknown('Save where? Expected a new file.')
        : { word: 'save', path: rest };
    default:
      return unknown('That is none of the words here.');
  }
}
