// Lets two big buttons count a number field up and down.

for (const steps of document.querySelectorAll("[data-steps]")) {
  const input = document.getElementById(steps.dataset.steps);
  for (const button of steps.querySelectorAll("button")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      input.value = Math.max(0, (Number(input.value) || 0) + Number(button.value));
    });
  }
}
