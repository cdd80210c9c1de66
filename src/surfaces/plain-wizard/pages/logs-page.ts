import { text } from '../../../../screens/blocks/block.ts';
import { readableLine } from '../../../../screens/parts/log-lines.ts';
import type { LogLineView } from '../../../../screens/views.ts';
import type { PlainFace } from '../plain-face.ts';
import { wrapIndented } from '../plain-lines.ts';

function logLines({ service, text: line, meaning }: LogLineView): readonly string[] {
  return [
    `${service} | ${readableLine(line)}`,
    ...(meaning === undefined ? [] : [`  means: ${meaning}`]),
  ];
}

/** The containers' logs as they are written, until Enter. */
export async function logsPage(face: PlainFace): Promise<void> {
  const { wizard } = face;
  face.heading('logs');
  face.show([text('All services, as their lines come. Enter goes back; quit leaves.')]);
  let shown = 0;
  const show = () => {
    const { logs, dropped } = face.state;
    const news = logs.slice(Math.max(0, shown - dropped));
    shown = dropped + logs.length;
    for (const line of news.flatMap(logLines).flatMap((each) => wrapIndented(each, face.width)))
      face.print([[{ text: line, tone: 'plain' }]]);
  };
  const stop = face.watch(show);
  show();
  const line = await face.read('');
  stop();
  if (line?.trim().toLowerCase() === 'quit') face.leave();
  else if (line !== undefined) wizard.back();
}
