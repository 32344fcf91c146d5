// Copies a read-only address and says so where a screen reader hears it.

for (const button of document.querySelectorAll("[data-copy]")) {
  const input = document.getElementById(button.dataset.copy);
  const status = document.querySelector(`[data-copy-status="${button.dataset.copy}"]`);
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(input.value);
      status.textContent = button.dataset.copied;
    } catch {
      // Pages without TLS have no clipboard; the person copies the selected text.
      input.focus();
      input.select();
      status.textContent = button.dataset.failed;
    }
  });
}
