import { html } from '../../markup.ts';

/** Makes buttons of the headings of sortable tables. A first press sorts figures from the greatest, and names from A. */
export const sortingScript = html`
for (const table of document.querySelectorAll('table.sortable')) {
  const headings = [...table.querySelectorAll('thead th')];
  const body = table.tBodies[0];
  const valueOf = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.value === undefined ? cell.textContent : cell.dataset.value === '' ? -Infinity : Number(cell.dataset.value);
  };
  for (const [column, heading] of headings.entries()) {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener('click', () => {
      const isName = body.rows[0].cells[column].dataset.value === undefined;
      const before = heading.getAttribute('aria-sort');
      const isAscending = before === null ? isName || column === 0 : before === 'descending';
      for (const other of headings) other.removeAttribute('aria-sort');
      heading.setAttribute('aria-sort', isAscending ? 'ascending' : 'descending');
      const sign = isAscending ? 1 : -1;
      const compare = (a, b) => (a === b ? 0 : a < b ? -sign : sign);
      body.append(...[...body.rows].sort((a, b) => compare(valueOf(a, column), valueOf(b, column))));
    });
  }
}
`;
