"""How the data looks: map layers, tiles, legends, charts. No Streamlit."""
