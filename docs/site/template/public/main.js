// What docfx' modern template leaves out for keyboards and screen readers. The tests hold the pages to axe.
const labels = { autocollapse: 'Site', toc: 'Pages', breadcrumb: 'Breadcrumb', affix: 'In this article' };

function mend() {
  document.getElementById('logo')?.setAttribute('alt', ''); // the name is beside it
  for (const [id, label] of Object.entries(labels)) document.getElementById(id)?.setAttribute('aria-label', label);
  document.querySelectorAll('a.dropdown-toggle:not([role])').forEach(link => { link.setAttribute('role', 'button'); link.href = '#'; });
  document.querySelectorAll(':is(.table-responsive, pre > code):not([tabindex])').forEach(part => { part.tabIndex = 0; }); // can be scrolled
  document.querySelectorAll('#affix > h5:not([aria-level])').forEach(heading => {
    heading.setAttribute('role', 'heading');
    heading.setAttribute('aria-level', '2');
  });
}

export default {
  // Parts of a page are drawn later.
  start: () => { mend(); new MutationObserver(mend).observe(document.body, { childList: true, subtree: true }); },
  // A block without a language is a command or an output, and stays as it is.
  configureHljs: hljs => hljs.configure({ languages: [] }),
};
