"""What Bussola knows of Italian: sentences, words, figures."""
