# gnuplot layers_003.gp makes layers_003.svg and, where the pdfcairo terminal is there, layers_003.pdf. Change it as you like.
reset
set terminal svg size 440,376 dynamic noenhanced name 'layers_003' font 'sans,12'
set output 'layers_003.svg'
set datafile separator '\t'
set border 3
set tics nomirror out scale 0.5
set grid ytics linecolor rgb '#888888' linewidth 0.3
set xlabel '' noenhanced offset 0,0.5
set format x '%g'
set xtics noenhanced rotate by 40 right ('data' 0, 'triangular(upper)' 1, 'triangular(lower)' 2, 'softlog' 3, 'triangular(upper)' 4, 'triangular(lower)' 5, 'softlog' 6)
set xrange [-0.3:6.3]
set ylabel 'KL / nat' noenhanced
set format y '%g'
set logscale y
unset key
set rmargin 3.5
set bmargin at screen 0.26595744680851063
plot 'layers_003.dat' index 0 using 1:3:4 with filledcurves linecolor rgb '#0072b2' fillstyle transparent solid 0.18 noborder notitle, \
     0.9 with lines linecolor rgb '#888888' linewidth 1.2 dashtype (2,4) title 'best affine flow', \
     'layers_003.dat' index 0 using 1:2 with linespoints pointsize 0.6 pointtype 7 linecolor rgb '#0072b2' linewidth 1.8 dashtype solid title 'rational_quadratic_spline'
unset output
if (strstrt(GPVAL_TERMINALS, 'pdfcairo') > 0) {
  set terminal pdfcairo size 4.583333333333333in,3.9166666666666665in noenhanced font 'sans,9'
  set output 'layers_003.pdf'
  set key below noenhanced
  unset bmargin
  replot
  unset output
}
