// Stands for the infinite thresholds below the first and above the last category.
const FAR = 1.0e30;
