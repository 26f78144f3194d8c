import { pdfText } from '../../../scripts/knowledge/pdf-text';

/** A PDF of pages with one line of text each, as small as they come. */
function pdfOf(lines: readonly string[]): Buffer {
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    `<</Type/Pages/Count ${lines.length}/Kids[${lines.map((_, n) => `${4 + n * 2} 0 R`).join(' ')}]>>`,
    '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>',
  ];
  for (const line of lines) {
    const content = `BT /F1 12 Tf 20 100 Td (${line}) Tj ET`;
    objects.push(
      `<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Resources<</Font<</F1 3 0 R>>>>/Contents ${objects.length + 2} 0 R>>`,
    );
    objects.push(`<</Length ${content.length}>>stream\n${content}\nendstream`);
  }
  let pdf = '%PDF-1.4\n';
  const offsets = objects.map((object, n) => {
    const at = pdf.length;
    pdf += `${n + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const table = offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  const end = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${pdf.length}\n%%EOF`;
  return Buffer.from(pdf + end, 'latin1');
}

describe('the text of a PDF', () => {
  it('is read page by page', async () => {
    const pages = await pdfText(pdfOf(['A cleaning costs eighty euros.', 'We are open from nine to five.']));
    expect(pages.map((page) => page.trim())).toEqual([
      'A cleaning costs eighty euros.',
      'We are open from nine to five.',
    ]);
  });

  it('is refused where there is no PDF', async () => {
    await expect(pdfText(Buffer.from('no PDF'))).rejects.toThrow();
  });
});
