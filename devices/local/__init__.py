"""What a driver keeps and reads on its own machine: its settings, its journal, who is who."""
